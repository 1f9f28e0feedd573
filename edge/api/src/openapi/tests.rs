//! Tests of the document.

use super::*;
use crate::{CHECKUP_PATH, CONNECTION_EXPORT_PATH, CheckupLine, EXPORT_PATH};

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
fn the_words_of_the_document_are_those_that_serde_writes() {
    let document = read();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let mut compared = BTreeSet::new();
    macro_rules! compare {
        ($from:ident: $($enum:ident)*) => {$(
            let name = <$from::$enum as ToSchema>::name().into_owned();
            let written: Vec<serde_json::Value> = schemas[&name]["enum"].as_array().cloned().expect("words");
            for value in $from::$enum::ALL {
                assert!(written.contains(&serde_json::to_value(value).expect("JSON")), "{name} lacks {value:?}");
            }
            for word in written {
                let value: $from::$enum = serde_json::from_value(word.clone()).expect("it is read");
                assert!(!format!("{value:?}").starts_with("Unknown("), "{name} knows no {word}");
                assert_eq!(serde_json::to_value(value).expect("JSON"), word, "{name}");
            }
            compared.insert(name);
        )*};
    }
    compare! {
        crate:
        AuthorizationStatus BasicForm BlockedCause CallOutcome CallPeriod Cause ChartChange CheckupStepName
        CommentRule ConflictRule ConnectionSort DataCenterScope DelegationAudience DelegationChange DelegationPause
        DelegationState Deployment EmbedChange EmbedKind EmbedState ExportFormat FailureCode FieldForm
        HealthStatus ImpactAction JiraProjectState Keep KeyScope Kind MappingFault MappingPart MembershipChange
        NeedAction Oauth1Step PictureTheme PlacementKind ProblemCode ProjectChange Reach RenderAccessKind RenderAction RenderForm RenderState ReopenRule
        Responsible ResyncAction ResyncDirection ResyncOutcome ResyncScope ResyncState Role State StatusCategory StepOutcome SuggestionReason TaskEvent TaskRemedier TaskState TrialState TrialStepState
        ViewerChange WebhookEvent WorkspaceChange
    }
    compare! { chart: Category Color Compute Counter Every FieldKind Mark Note Order Palette }
    // Parts of enums that were compared, or of `TimelineEvent::NAMES`.
    compared.extend(["EventName", "SubscribedEvent"].map(str::to_owned));
    let declared = schemas.iter().filter(|(_, schema)| schema["enum"].is_array()).map(|(name, _)| name.clone());
    assert_eq!(declared.collect::<BTreeSet<_>>(), compared, "an enum of the document is compared with nothing");
}

/// The words that tag the variants of a schema: the only property with a single word, or the word that the variant is.
fn tags(schema: &serde_json::Value) -> BTreeSet<String> {
    fn of_variant(variant: &serde_json::Value) -> Option<String> {
        let word = |schema: &serde_json::Value| match schema["enum"].as_array().map(Vec::as_slice) {
            Some([word]) => word.as_str().map(str::to_owned),
            _ => None,
        };
        let among = |properties: &serde_json::Value| properties.as_object()?.values().find_map(word);
        word(variant)
            .or_else(|| among(&variant["properties"]))
            .or_else(|| variant["allOf"].as_array()?.iter().find_map(of_variant))
            .or_else(|| variant["required"][0].as_str().map(str::to_owned))
    }
    let variants = schema["oneOf"].as_array().expect("variants").iter();
    variants.map(|variant| of_variant(variant).unwrap_or_else(|| panic!("{variant} has no tag"))).collect()
}

#[test]
fn the_tags_of_the_document_are_those_that_serde_reads() {
    let document = read();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let expected: [(&str, &[&str]); 12] = [
        ("About", &["everything", "site", "sites", "account"]),
        ("Actor", &["member", "api_key", "causeway", "atlassian"]),
        ("CheckupLine", &["step", "verdict"]),
        ("ConnectionDraft", &["cloud_oauth2", "data_center_oauth2", "oauth1", "basic"]),
        ("CredentialShown", &["data_center_oauth2", "oauth1", "basic"]),
        ("DeliveryOutcome", &["waiting", "delivered", "given_up"]),
        ("MappingSuggestion", &["out", "in"]),
        ("NewCredential", &["data_center_oauth2", "oauth1", "basic"]),
        ("Source", &["jql", "filter", "series"]),
        ("Status", &["authorized", "interrupted", "unauthorized", "deactivated"]),
        ("TimelineEntry", &[]),
        ("TimelineEvent", &[]),
    ];
    for (name, words) in expected {
        let words =
            if words.is_empty() { [crate::TimelineEvent::NAMES, &["unknown"]].concat() } else { words.to_vec() };
        let words: BTreeSet<String> = words.into_iter().map(str::to_owned).collect();
        assert_eq!(tags(&schemas[name]), words, "{name}");
    }
    let declared = schemas.iter().filter(|(_, schema)| schema["oneOf"].is_array()).map(|(name, _)| name.as_str());
    assert_eq!(declared.collect::<Vec<_>>(), expected.map(|(name, _)| name), "a choice is compared with nothing");
}

#[test]
fn the_tags_that_are_compared_are_what_serde_writes() {
    use crate::{About, Actor, CheckupLine, CredentialShown, DeliveryOutcome, NewCredential, Status, Timestamp};
    let at = Timestamp::EPOCH;
    let written = [
        serde_json::to_value(About::Everything),
        serde_json::to_value(Actor::ApiKey { name: "CI".into() }),
        serde_json::to_value(CheckupLine::Verdict { status: Status::Authorized, at, diagnosis: None }),
        serde_json::to_value(DeliveryOutcome::GivenUp { at }),
        serde_json::to_value(Status::Deactivated { since: at, by: "Ada".into() }),
    ];
    let written: Vec<String> = written.into_iter().map(|value| value.expect("JSON").to_string()).collect();
    for (json, word) in
        written.iter().zip(["\"everything\"", "\"api_key\"", "\"verdict\"", "\"given_up\"", "\"deactivated\""])
    {
        assert!(json.contains(word), "{json}");
    }
    let scopes = vec![crate::DataCenterScope::Read];
    let (client_id, callback_path) = ("a".into(), crate::SHARED_CALLBACK_PATH.to_owned());
    let shown = CredentialShown::DataCenterOauth2 { client_id, scopes: scopes.clone(), callback_path };
    assert_eq!(serde_json::to_value(shown).expect("JSON")["kind"], "data_center_oauth2");
    let secret = crate::WriteOnly("a".into());
    let new =
        NewCredential::DataCenterOauth2 { address: "a".into(), client_id: "a".into(), client_secret: secret, scopes };
    assert_eq!(serde_json::to_value(new).expect("JSON")["kind"], "data_center_oauth2");
    let draft = crate::ConnectionDraft::CloudOauth2 {};
    assert_eq!(serde_json::to_value(draft).expect("JSON"), serde_json::json!({"kind": "cloud_oauth2"}));
}

/// Every schema of a request, by where it stands.
fn sent(document: &serde_json::Value) -> Vec<(String, &serde_json::Value)> {
    fn walk<'a>(
        at: &str,
        schema: &'a serde_json::Value,
        schemas: &'a serde_json::Value,
        found: &mut Vec<(String, &'a serde_json::Value)>,
    ) {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            return walk(&format!("{at} {name}"), &schemas[name], schemas, found);
        }
        found.push((at.to_owned(), schema));
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            walk(&format!("{at}.{name}"), property, schemas, found);
        }
        for part in ["oneOf", "allOf"] {
            schema[part].as_array().into_iter().flatten().for_each(|one| walk(at, one, schemas, found));
        }
        if schema["items"].is_object() {
            walk(&format!("{at}[]"), &schema["items"], schemas, found);
        }
    }
    let (schemas, mut found) = (&document["components"]["schemas"], Vec::new());
    for (name, operation) in operations(document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            walk(&format!("{name} {}", parameter["name"]), &parameter["schema"], schemas, &mut found);
        }
        walk(&name, &operation["requestBody"]["content"]["application/json"]["schema"], schemas, &mut found);
    }
    found
}

#[test]
fn every_text_and_number_of_a_request_says_what_it_may_be() {
    let document = read();
    // Whatever a search contains, it is searched for. Headers are read as RFC 9110 says.
    let free = ["\"q\"", "\"x-causeway\"", "\"If-Match\"", "\"path\""];
    // `null` stands beside the type of what may be left out.
    let plain = |schema: &serde_json::Value| match &schema["type"] {
        serde_json::Value::Array(types) => types.iter().find(|one| *one != "null").cloned().unwrap_or_default(),
        one => one.clone(),
    };
    let said = |schema: &serde_json::Value| match plain(schema).as_str() {
        Some("string") => {
            let bounded = schema["pattern"].is_string() && schema["maxLength"].is_u64() && schema["minLength"].is_u64();
            bounded || schema["enum"].is_array() || schema["format"] == "date-time"
        }
        Some("integer") => schema["minimum"].is_number() && schema["maximum"].is_number(),
        _ => true,
    };
    let unsaid = sent(&document).into_iter().filter(|(at, _)| !free.iter().any(|name| at.ends_with(name)));
    let unsaid: Vec<_> = unsaid.filter(|(_, schema)| !said(schema)).map(|(at, _)| at).collect();
    assert!(unsaid.is_empty(), "without limits:\n{}", unsaid.join("\n"));
}

#[test]
fn a_parameter_of_a_query_is_never_null() {
    let document = read();
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(!parameter["schema"].to_string().contains("\"null\""), "{name}: {parameter}");
        }
    }
}

#[test]
fn what_is_flattened_is_described_as_one_object() {
    let document = read();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        assert!(!schema.to_string().contains("\"allOf\""), "{name}: generators of clients do not combine schemas");
    }
    let renamed = schemas["TimelineEntry"]["oneOf"].as_array().expect("variants");
    let renamed = renamed.iter().find(|one| one["properties"]["event"]["enum"][0] == "renamed").expect("there");
    for field in ["id", "at", "count", "actor", "event", "from", "to"] {
        assert!(renamed["properties"][field].is_object(), "{field}");
        assert!(renamed["required"].as_array().expect("fields").contains(&field.into()), "{field}");
    }
}

#[test]
fn a_body_is_required_exactly_if_one_of_its_fields_is() {
    let document = read();
    let body = |path: &str, method: &str| document["paths"][path][method]["requestBody"]["required"].clone();
    assert_eq!(body("/api/v1/connections", "post"), true);
    assert_eq!(body("/api/v1/connections/{id}", "patch"), false, "an absent body is read as {{}}");
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = read();
    let operations = operations(&document);
    let names: BTreeSet<&str> = operations.iter().filter_map(|(_, one)| one["operationId"].as_str()).collect();
    assert_eq!(names.len(), operations.len());
}

#[test]
fn what_is_streamed_is_described_with_its_media_types() {
    let document: serde_json::Value = serde_json::from_str(&json().expect("JSON")).expect("JSON");
    assert!(document["components"]["schemas"]["CheckupLine"].is_object(), "each line is a CheckupLine");
    for (path, media, schema) in [
        (CHECKUP_PATH, "application/x-ndjson", "/type"),
        (EXPORT_PATH, "application/json", "/items/$ref"),
        (EXPORT_PATH, "text/csv", "/type"),
        (CONNECTION_EXPORT_PATH, "application/json", "/items/$ref"),
        (CONNECTION_EXPORT_PATH, "text/csv", "/type"),
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
