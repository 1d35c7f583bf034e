//! Tests of status lists.
