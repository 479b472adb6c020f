//! libwim through its C interface, loaded at run time: a second opinion on a WIM file.
//!
//! This version fixes the crate's place in the workspace; it binds nothing yet.
