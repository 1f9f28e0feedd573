//! The `OpenAPI` document of the contract, from the contract's own types.
//!
//! It is written at test time to `public/api/v1/openapi.json` and served as that file. Out of scope: pages for browsers.

mod examples;

use std::collections::BTreeSet;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, Ref, RefOr, Required,
        ResponseBuilder, Schema, Server,
        example::{Example, ExampleBuilder},
        path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    CHECKUP_PATH, CheckupLine, ConnectionId, EXPORT_PATH, Endpoint, ExportQuery, GetHealth, List, Method,
    PROBLEM_MEDIA_TYPE, PROOF_HEADER, PROXY_PATH, Params as _, Problem, ProblemCode, Stream, TimelineEntry,
    UnknownFields, VisitEndpoint, WebhookMessage, routes, visit_endpoints,
};

/// A document that grows.
pub(crate) struct Document {
    paths: Paths,
    components: ComponentsBuilder,
}

/// The document as JSON, indented, with a line break at its end.
pub fn json() -> Result<String, serde_json::Error> {
    document().to_pretty_json().map(|text| text + "\n")
}

fn document() -> OpenApi {
    let mut document = Document { paths: Paths::new(), components: ComponentsBuilder::new() };
    visit_endpoints(&mut document);
    document.add_proxy();
    document.add_checkup();
    document.add_export();
    document.add_schema::<Problem>();
    document.add_schema::<WebhookMessage>();
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("cw_…").build();
    let session = ApiKey::Cookie(ApiKeyValue::new("__Host-session"));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Causeway")
                .version("v1")
                .description(Some("The connection layer between products and Jira. Errors are RFC 9457 problems."))
                .build(),
        )
        .servers(Some([Server::new("/")]))
        .paths(document.paths)
        .components(Some(
            document
                .components
                .security_scheme("api_key", SecurityScheme::Http(key))
                .security_scheme("session", SecurityScheme::ApiKey(session))
                .build(),
        ))
        .security(Some([
            SecurityRequirement::new("api_key", Vec::<String>::new()),
            SecurityRequirement::new("session", Vec::<String>::new()),
        ]))
        .build()
}

impl VisitEndpoint for Document {
    fn endpoint<E: Endpoint>(&mut self) {
        self.add::<E>();
    }
}

impl Document {
    /// Describes one endpoint.
    fn add<E: Endpoint>(&mut self) {
        let mut operation = OperationBuilder::new()
            .operation_id(Some(E::NAME))
            .summary(Some(E::SUMMARY.trim().trim_end_matches('.')))
            .description(Some(text(E::DESCRIPTION, " ")));
        if E::ANONYMOUS {
            operation = operation.securities(Some([SecurityRequirement::default()]));
        }
        for (name, description, schema) in E::Params::described() {
            operation = operation.parameter(path_parameter(name, description, schema));
        }
        match E::METHOD {
            Method::Get => {
                self.add_schemas_within::<E::Request>();
                operation = query::<E::Request>(operation);
            }
            Method::Post | Method::Patch | Method::Delete => {
                operation = operation.parameter(proof());
                if !is_empty::<E::Request>() {
                    let content = ContentBuilder::new().schema(Some(self.add_schema::<E::Request>()));
                    let content = content.example(examples::of(&E::Request::name())).build();
                    let body = RequestBodyBuilder::new().required(Some(Required::True));
                    operation = operation.request_body(Some(body.content("application/json", content).build()));
                }
            }
        }
        if E::GUARDED {
            let tag = header("If-Match", "The `ETag` that was read, for example `\"3\"`.", Required::True);
            operation = operation.parameter(tag.example(Some("\"3\"".into())));
        }
        operation = operation.response(E::SUCCESS.to_string(), self.success::<E::Answer>(E::SUCCESS));
        for (status, mut answer) in refusals(&E::problems()) {
            if E::PATH == GetHealth::PATH && status == 503 {
                let degraded = self.success::<E::Answer>(status);
                answer.description =
                    format!("The deployment is degraded, and the body says why. Or: {}", answer.description);
                answer.content.extend(degraded.content);
            }
            operation = operation.response(status.to_string(), answer);
        }
        let operation = operation.response("default", problem()).build();
        self.paths.add_path_operation(E::PATH, vec![http_method(E::METHOD)], operation);
    }

    fn success<T: ToSchema + 'static>(&mut self, status: u16) -> utoipa::openapi::Response {
        let response = ResponseBuilder::new();
        if status == 204 {
            return response.description("Success, without a body.").build();
        }
        let content = ContentBuilder::new().schema(Some(self.add_schema::<T>())).example(examples::of(&T::name()));
        response.description("Success, as JSON.").content("application/json", content.build()).build()
    }

    fn add_schema<T: ToSchema>(&mut self) -> Ref {
        self.add_schemas_within::<T>();
        let components = std::mem::take(&mut self.components);
        self.components = components.schema(T::name(), promised(T::schema()));
        Ref::from_schema_name(T::name())
    }

    fn add_schemas_within<T: ToSchema>(&mut self) {
        let mut schemas = Vec::new();
        T::schemas(&mut schemas);
        let schemas = schemas.into_iter().filter(|(name, _)| *name != UnknownFields::name());
        let components = std::mem::take(&mut self.components);
        self.components = components.schemas_from_iter(schemas.map(|(name, schema)| (name, promised(schema))));
    }

    /// Calls to Jira: any method, any body.
    fn add_proxy(&mut self) {
        let operation = || {
            let operation = OperationBuilder::new()
                .summary(Some("Call Jira through a connection"))
                .description(Some("Any path below /rest/ with any query. The body and the answer are Jira's."))
                .parameter(path_parameter("id", "The id of the connection.", ConnectionId::schema()))
                .parameter(path_parameter("path", "The path at Jira, from `rest/` on.", jira_path()))
                .response("default", ResponseBuilder::new().description("Jira's answer, or a problem.").build());
            with_refusals(operation, &routes::PROXY)
        };
        let methods = [
            HttpMethod::Get,
            HttpMethod::Post,
            HttpMethod::Put,
            HttpMethod::Patch,
            HttpMethod::Delete,
            HttpMethod::Head,
            HttpMethod::Options,
        ];
        let mut item = PathItem::default();
        for method in methods {
            item.merge_operations(PathItem::new(method, operation().build()));
        }
        self.paths.paths.insert(PROXY_PATH.to_owned(), item);
    }

    /// A checkup: a stream, a line as each step finishes.
    fn add_checkup(&mut self) {
        let line = ContentBuilder::new().schema(Some(self.add_schema::<CheckupLine>()));
        let line = line.example(examples::of("CheckupLine")).build();
        let steps = "A stream of newline-delimited JSON: one CheckupLine a line, each step as it finishes, the verdict \
            last. A stream without a verdict broke off, and nothing was recorded.";
        let operation = OperationBuilder::new()
            .operation_id(Some("CheckConnection"))
            .summary(Some("Test a connection step by step"))
            .parameter(path_parameter("id", "The id of the connection.", ConnectionId::schema()))
            .parameter(proof())
            .response("200", ResponseBuilder::new().description(steps).content("application/x-ndjson", line).build())
            .response("default", problem());
        let operation = with_refusals(operation, &routes::CHECKUP);
        self.paths.add_path_operation(CHECKUP_PATH, vec![HttpMethod::Post], operation.build());
    }

    /// The audit log as a file.
    fn add_export(&mut self) {
        let entries = ContentBuilder::new().schema(Some(ArrayBuilder::new().items(self.add_schema::<TimelineEntry>())));
        let entries = entries.example(examples::of("TimelineEntry").map(|entry| vec![entry].into()));
        let file = ResponseBuilder::new()
            .description("The file, streamed. One that breaks off is not whole.")
            .content("application/json", entries.build())
            .content("text/csv", ContentBuilder::new().schema(Some(string())).build());
        self.add_schemas_within::<ExportQuery>();
        let operation = OperationBuilder::new()
            .operation_id(Some("ExportAuditLog"))
            .summary(Some("Export the audit log of the organization"))
            .parameter(proof())
            .response("200", file.build())
            .response("default", problem());
        let operation = with_refusals(operation, &routes::EXPORT);
        self.paths.add_path_operation(EXPORT_PATH, vec![HttpMethod::Post], query::<ExportQuery>(operation).build());
    }
}

/// The schema of an enum of words: what they are, and each with its meaning.
pub(crate) fn words(about: &[&str], words: &[(&str, &[&str])]) -> RefOr<Schema> {
    let meanings = words.iter().map(|(word, meaning)| format!("- `{word}`: {}", text(meaning, " ")));
    let description = [text(about, "\n"), String::new()].into_iter().chain(meanings).collect::<Vec<_>>().join("\n");
    let known = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().map(|(word, _)| *word)));
    known.description(Some(description)).into()
}

/// Lines of documentation as one text.
fn text(lines: &[&str], between: &str) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(between).trim().to_owned()
}

/// What only keeps fields of other versions is nothing that is promised.
fn is_promised(schema: &RefOr<Schema>) -> bool {
    !serde_json::to_string(schema).is_ok_and(|json| json.contains("UnknownFields"))
}

fn promised(schema: RefOr<Schema>) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::OneOf(mut variants)) => {
            variants.items.retain(is_promised);
            Schema::OneOf(variants).into()
        }
        other => other,
    }
}

impl PartialSchema for UnknownFields {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().into()
    }
}

impl ToSchema for UnknownFields {}

/// Written by hand, so that lists of different things have different names.
impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        let cursor = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let cursor = cursor.description(Some("Give this back as `cursor` for the next page; `null` on the last."));
        ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(Ref::from_schema_name(T::name())))
            .required("items")
            .property("next_cursor", cursor)
            .required("next_cursor")
            .into()
    }
}

impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("ListOf{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

const fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

fn problem() -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name())));
    let content = content.example(examples::problem(ProblemCode::Internal));
    ResponseBuilder::new()
        .description("Any other problem (RFC 9457).")
        .content(PROBLEM_MEDIA_TYPE, content.build())
        .build()
}

/// The problems of an operation, one response for each status.
fn refusals(problems: &[ProblemCode]) -> Vec<(u16, utoipa::openapi::Response)> {
    let statuses: BTreeSet<u16> = problems.iter().map(|problem| problem.status()).collect();
    let response = |status: u16| {
        let codes = problems.iter().copied().filter(|problem| problem.status() == status);
        let code = ObjectBuilder::new().schema_type(Type::String);
        let code = code.enum_values(Some(codes.clone().map(|code| code.as_str().to_owned())));
        let schema = AllOfBuilder::new()
            .item(Ref::from_schema_name(Problem::name()))
            .item(ObjectBuilder::new().property("code", code));
        let shown = codes.clone().map(|code| (code.as_str().to_owned(), example(examples::problem(code))));
        let content = ContentBuilder::new().schema(Some(RefOr::T(Schema::AllOf(schema.build()))));
        let content = content.examples_from_iter(shown).build();
        let titles: Vec<String> = codes.map(|code| format!("`{}`: {}.", code.as_str(), code.title())).collect();
        ResponseBuilder::new().description(titles.join(" ")).content(PROBLEM_MEDIA_TYPE, content).build()
    };
    statuses.into_iter().map(|status| (status, response(status))).collect()
}

fn example(value: Option<serde_json::Value>) -> Example {
    ExampleBuilder::new().value(value).build()
}

fn with_refusals(operation: OperationBuilder, stream: &Stream) -> OperationBuilder {
    let add = |operation: OperationBuilder, (status, answer): (u16, _)| operation.response(status.to_string(), answer);
    refusals(stream.problems).into_iter().fold(operation, add)
}

fn jira_path() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^rest/"))
        .examples([serde_json::json!("rest/api/3/issue/ABC-1")])
        .into()
}

pub(crate) fn string() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

fn path_parameter(name: &str, description: &str, schema: RefOr<Schema>) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
}

fn header(name: &str, description: &str, required: Required) -> ParameterBuilder {
    let header = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(required);
    header.description(Some(description)).schema(Some(string()))
}

fn proof() -> ParameterBuilder {
    header(
        PROOF_HEADER,
        "`1`: needed with a session, together with a same-origin Origin; not with an API key.",
        Required::False,
    )
}

/// The fields of an object, and which of them must be there.
fn properties<T: PartialSchema>() -> (Vec<(String, RefOr<Schema>)>, Vec<String>) {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => (object.properties.into_iter().collect(), object.required),
        _ => (Vec::new(), Vec::new()),
    }
}

fn is_empty<T: PartialSchema>() -> bool {
    properties::<T>().0.is_empty()
}

/// The fields of a `GET`'s request, as query parameters.
fn query<T: ToSchema>(operation: OperationBuilder) -> OperationBuilder {
    let (fields, needed) = properties::<T>();
    let shown = examples::of(&T::name()).unwrap_or_default();
    fields.into_iter().fold(operation, |operation, (name, schema)| {
        let required = if needed.contains(&name) { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new().parameter_in(ParameterIn::Query).example(shown.get(&name).cloned());
        operation.parameter(parameter.name(name).required(required).schema(Some(schema)))
    })
}

#[cfg(test)]
mod tests {
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
                    content["example"] != serde_json::Value::Null
                        || content["examples"].is_object()
                        || media == "text/csv"
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
                            Some(text) if matches!(name.as_str(), "description" | "summary") => {
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
        let expected: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
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
}
