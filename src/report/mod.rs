//! Reports: one result, many forms. The JSON form is the result; every other form is made from it.

pub mod advice;
pub(crate) mod answer;
pub mod baseline;
pub mod case;
pub mod case_store;
pub mod case_text;
pub mod case_words;
pub mod csv;
pub(crate) mod difference_words;
pub mod enforcement;
pub mod file_uri;
mod gate_words;
pub mod gitlab;
mod health_text;
pub mod html;
pub mod inert;
pub mod json;
pub mod junit;
pub mod lines;
pub(crate) mod list_words;
pub mod markdown;
pub(crate) mod policy_words;
pub mod reading;
pub(crate) mod registry_words;
pub mod result;
pub mod sarif;
pub mod spot;
pub mod standing;
mod store_text;
pub mod sweep;
pub mod table;
pub mod text;
pub mod vsa;
pub(crate) mod words;

pub use result::Document;
