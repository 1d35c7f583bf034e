//! What a credential type is: how it is shown, which claims it has, and what its issuers must do with them.
//!
//! Spec: SD-JWT VC draft 19 sections 5 and 6.

pub mod integrity;
