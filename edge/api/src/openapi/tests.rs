//! Tests of the document.

use super::*;

#[test]
fn every_schema_that_is_referred_to_is_there() {
    let json = json().expect("a document is JSON");
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let names: Vec<&str> =
        json.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 20);
    for name in names {
        assert!(document["components"]["schemas"][name].is_object(), "{name} is missing");
    }
}

fn read() -> serde_json::Value {
    serde_json::from_str(&json().expect("JSON")).expect("JSON")
}

/// Every operation with what names it: path and method.
fn operations(document: &serde_json::Value) -> Vec<(String, &serde_json::Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            all.push((format!("{method} {path}"), operation));
        }
    }
    all
}

/// Holds the example of each endpoint to its types.
struct Examples(u32);

impl VisitEndpoint for Examples {
    fn endpoint<E: Endpoint>(&mut self) {
        let held = |name: &str| examples::of(name).unwrap_or_else(|| panic!("{name} has no example"));
        if !is_empty::<E::Request>() {
            let example = held(&E::Request::name());
            let read: E::Request = serde_json::from_value(example.clone()).expect(E::NAME);
            assert_eq!(serde_json::to_value(read).expect("JSON"), example, "{}", E::NAME);
        }
        if E::SUCCESS != 204 {
            let example = held(&E::Answer::name());
            let read: E::Answer = serde_json::from_value(example.clone()).expect(E::NAME);
            assert_eq!(serde_json::to_value(read).expect("JSON"), example, "{}", E::NAME);
        }
        self.0 += 1;
    }
}

#[test]
fn every_example_is_a_request_or_answer_with_all_its_fields() {
    let mut examples = Examples(0);
    visit_endpoints(&mut examples);
    assert_eq!(examples.0 as usize, crate::ENDPOINTS.len());
    for name in ["CheckupLine", "TimelineEntry"] {
        assert!(examples::of(name).is_some_and(|example| example.is_object()), "{name}");
    }
    assert!(serde_json::from_value::<CheckupLine>(examples::of("CheckupLine").expect("there")).is_ok());
}

#[test]
fn every_operation_shows_an_example_of_what_is_sent_and_answered() {
    let document = read();
    for (name, operation) in operations(&document) {
        let shown = |content: &serde_json::Value| {
            let content = content.as_object().expect("content");
            content.iter().all(|(media, content)| {
                content["example"] != serde_json::Value::Null || content["examples"].is_object() || media == "text/csv"
            })
        };
        let sent = operation["requestBody"].get("content");
        assert!(sent.is_none_or(shown), "{name} lacks an example of its request");
        for (status, answer) in operation["responses"].as_object().expect("responses") {
            assert!(answer.get("content").is_none_or(shown), "{name} lacks an example of {status}");
        }
    }
}

#[test]
fn every_operation_names_its_problems_by_status() {
    let document = read();
    for (name, operation) in operations(&document) {
        let answers = operation["responses"].as_object().expect("responses");
        let mut named = 0;
        for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let codes = &answer["content"][PROBLEM_MEDIA_TYPE]["schema"]["allOf"][1]["properties"]["code"]["enum"];
            for code in codes.as_array().unwrap_or_else(|| panic!("{name} {status}")) {
                let code = ProblemCode::read(code.as_str().expect("a word"));
                assert!(ProblemCode::ALL.contains(&code), "{name} {code:?}");
                assert_eq!(code.status().to_string(), *status, "{name} {code:?}");
                named += 1;
            }
        }
        assert!(named > 4, "{name} names {named} problems");
    }
}

#[test]
fn every_description_says_more_than_two_words() {
    fn short(at: &str, value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    match value.as_str() {
                        Some(text) if name == "description" => {
                            if text.split_whitespace().count() < 3 && !at.ends_with("/properties") {
                                found.push(format!("{at}: {text}"));
                            }
                        }
                        _ if matches!(name.as_str(), "example" | "examples") => {}
                        _ => short(&format!("{at}/{name}"), value, found),
                    }
                }
            }
            serde_json::Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, item)| short(&format!("{at}/{n}"), item, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    short("", &read(), &mut found);
    assert!(found.is_empty(), "{} say too little:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_parameter_of_a_path_is_defined() {
    let document = read();
    for (name, operation) in operations(&document) {
        let wanted = name.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        for wanted in wanted {
            let parameters = operation["parameters"].as_array().expect("parameters");
            let defined = parameters.iter().any(|one| one["name"] == wanted && one["in"] == "path");
            assert!(defined, "{name}: {wanted}");
        }
    }
}

#[test]
fn the_words_of_the_document_are_those_on_the_wire() {
    let document = read();
    let words = document["components"]["schemas"]["ProblemCode"]["enum"].as_array().expect("words");
    let expected: Vec<_> = ProblemCode::ALL.iter().map(ProblemCode::as_str).collect();
    assert_eq!(words, &expected);
    let events = document["components"]["schemas"]["TimelineEvent"].to_string();
    assert!(crate::TimelineEvent::NAMES.iter().all(|name| events.contains(&format!("[\"{name}\"]"))), "{events}");
}

#[test]
fn what_is_streamed_is_described_with_its_media_types() {
    let document: serde_json::Value = serde_json::from_str(&json().expect("JSON")).expect("JSON");
    for (path, media, schema) in [
        (CHECKUP_PATH, "application/x-ndjson", "/$ref"),
        (EXPORT_PATH, "application/json", "/items/$ref"),
        (EXPORT_PATH, "text/csv", "/type"),
    ] {
        let operation = &document["paths"][path]["post"];
        let answer = &operation["responses"]["200"];
        assert!(answer["content"][media]["schema"].pointer(schema).is_some(), "{path} {media}: {answer}");
        assert!(answer["description"].as_str().is_some_and(|words| words.contains("stream")), "{path}");
        assert!(operation["responses"]["default"].is_object() && operation["operationId"].is_string(), "{path}");
    }
}

#[test]
fn the_served_document_is_the_contract() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../public/api/v1/openapi.json");
    let json = json().expect("a document is JSON");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &json).expect("written");
    }
    let served = std::fs::read_to_string(path).unwrap_or_default();
    assert!(served == json, "the contract changed: UPDATE_OPENAPI=1 cargo test -p api --features openapi");
}
