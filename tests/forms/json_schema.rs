//! As much of JSON Schema as our own schema uses, so that every run of the tests checks results against it. What is not
//! known here is an error. It is stricter than the schema in one thing: members that the schema does not name are errors
//! too, for a reader has to pass over them, but our own program must not write what is not documented.

use serde_json::Value;

/// Everything that keeps a value from being what the schema says.
pub(super) fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    check(schema, schema, value, "$", &mut errors);
    errors
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
    for (keyword, said) in schema.as_object().expect("a schema") {
        let fine = match keyword.as_str() {
            // "pattern" is left to a full validator.
            "$schema" | "$id" | "$defs" | "title" | "description" | "pattern" => true,
            "$ref" => {
                let pointer = said.as_str().and_then(|said| said.strip_prefix('#')).expect("a reference");
                check(root, root.pointer(pointer).expect("a definition"), value, at, errors);
                true
            }
            "const" => said == value,
            "enum" => said.as_array().expect("a list").contains(value),
            "type" => said
                .as_array()
                .map_or_else(|| is(said, value), |types| types.iter().any(|one| is(one, value))),
            "minimum" => value.as_i64() >= said.as_i64(),
            "anyOf" => said.as_array().expect("a list").iter().any(|one| {
                let mut ignored = Vec::new();
                check(root, one, value, at, &mut ignored);
                ignored.is_empty()
            }),
            "required" => {
                let names = said.as_array().expect("a list");
                names.iter().all(|name| value.get(name.as_str().expect("a name")).is_some())
            }
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    let at = format!("{at}.{name}");
                    match said.get(name) {
                        Some(schema) => check(root, schema, member, &at, errors),
                        None => errors.push(format!("{at} is not documented")),
                    }
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, said, item, &format!("{at}[{index}]"), errors);
                }
                true
            }
            other => panic!("{other} is not known here"),
        };
        if !fine {
            errors.push(format!("{at}: {keyword} {said}, found {value}"));
        }
    }
}

fn is(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("a type") {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{other} is not known here"),
    }
}
