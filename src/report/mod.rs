//! Reports: one result, many forms. The JSON form is the result; every other form is made from it.

pub mod advice;
pub mod baseline;
pub mod case;
pub mod case_store;
pub mod case_text;
pub mod case_words;
pub mod csv;
pub mod enforcement;
pub mod file_uri;
pub mod gitlab;
mod health_text;
pub mod html;
pub mod inert;
pub mod json;
pub mod junit;
pub mod lines;
pub mod markdown;
pub mod reading;
pub mod result;
pub mod sarif;
pub mod spot;
pub mod standing;
mod store_text;
pub mod sweep;
pub mod table;
pub mod text;
pub mod vsa;

pub use result::Document;
