//! Reports: one result, many forms. The JSON form is the result; every other form is made from it.

pub mod advice;
pub mod case;
pub mod case_text;
pub mod csv;
pub mod html;
pub mod inert;
pub mod json;
pub mod result;
pub mod standing;
pub mod table;
pub mod text;

pub use result::Document;
