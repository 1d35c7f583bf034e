//! Tests of SD-JWT.
