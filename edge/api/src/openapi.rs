//! The `OpenAPI` document of the contract, from the contract's own types.
//!
//! It is written at test time to `public/api/v1/openapi.json` and served as that file. Out of scope: pages for browsers.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, Ref, RefOr, Required,
        ResponseBuilder, Schema, Server,
        path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    CHECKUP_PATH, CheckupLine, EXPORT_PATH, Endpoint, ExportQuery, List, Method, PROBLEM_MEDIA_TYPE, PROOF_HEADER,
    PROXY_PATH, Problem, TimelineEntry, UnknownFields, VisitEndpoint, WebhookMessage, visit_endpoints,
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
            .description(Some(text(E::DESCRIPTION, " ")))
            .response(E::SUCCESS.to_string(), self.success::<E::Answer>(E::SUCCESS))
            .response("default", problem());
        if E::PATH.contains("{id}") {
            operation = operation.parameter(path_parameter("id", "The id, prefix included."));
        }
        if E::PATH.contains("{member}") {
            operation = operation.parameter(path_parameter("member", "The member's id."));
        }
        match E::METHOD {
            Method::Get => {
                self.add_schemas_within::<E::Request>();
                operation = query::<E::Request>(operation);
            }
            Method::Post | Method::Patch | Method::Delete => {
                operation = operation.parameter(proof());
                if !is_empty::<E::Request>() {
                    let content = ContentBuilder::new().schema(Some(self.add_schema::<E::Request>())).build();
                    let body = RequestBodyBuilder::new().required(Some(Required::True));
                    operation = operation.request_body(Some(body.content("application/json", content).build()));
                }
            }
        }
        if E::GUARDED {
            operation = operation.parameter(header("If-Match", "The ETag that was read.", Required::True));
        }
        self.paths.add_path_operation(E::PATH, vec![http_method(E::METHOD)], operation.build());
    }

    fn success<T: ToSchema + 'static>(&mut self, status: u16) -> utoipa::openapi::Response {
        let response = ResponseBuilder::new();
        if status == 204 {
            return response.description("Done").build();
        }
        let content = ContentBuilder::new().schema(Some(self.add_schema::<T>())).build();
        response.description("Success").content("application/json", content).build()
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
            OperationBuilder::new()
                .summary(Some("Call Jira through a connection"))
                .description(Some("Any path below /rest/ with any query. The body and the answer are Jira's."))
                .parameter(path_parameter("id", "The connection's id."))
                .parameter(path_parameter("path", "The path at Jira, from rest/ on."))
                .response("default", ResponseBuilder::new().description("Jira's answer, or a problem").build())
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
        let line = ContentBuilder::new().schema(Some(self.add_schema::<CheckupLine>())).build();
        let steps = "A stream of newline-delimited JSON: one CheckupLine a line, each step as it finishes, the verdict \
            last. A stream without a verdict broke off, and nothing was recorded.";
        let operation = OperationBuilder::new()
            .operation_id(Some("CheckConnection"))
            .summary(Some("Test a connection step by step; closing the stream cancels"))
            .parameter(path_parameter("id", "The id, prefix included."))
            .parameter(proof())
            .response("200", ResponseBuilder::new().description(steps).content("application/x-ndjson", line).build())
            .response("default", problem());
        self.paths.add_path_operation(CHECKUP_PATH, vec![HttpMethod::Post], operation.build());
    }

    /// The audit log as a file.
    fn add_export(&mut self) {
        let entries = ContentBuilder::new().schema(Some(ArrayBuilder::new().items(self.add_schema::<TimelineEntry>())));
        let file = ResponseBuilder::new()
            .description("The file, streamed. One that breaks off is not whole.")
            .content("application/json", entries.build())
            .content("text/csv", ContentBuilder::new().schema(Some(string())).build());
        self.add_schemas_within::<ExportQuery>();
        let operation = OperationBuilder::new()
            .operation_id(Some("ExportAuditLog"))
            .summary(Some("Export what happened in the organization; is itself recorded"))
            .parameter(proof())
            .response("200", file.build())
            .response("default", problem());
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
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    ResponseBuilder::new().description("A problem (RFC 9457)").content(PROBLEM_MEDIA_TYPE, content).build()
}

fn string() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

fn path_parameter(name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(string()))
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
fn query<T: PartialSchema>(operation: OperationBuilder) -> OperationBuilder {
    let (fields, needed) = properties::<T>();
    fields.into_iter().fold(operation, |operation, (name, schema)| {
        let required = if needed.contains(&name) { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
        operation.parameter(parameter.required(required).schema(Some(schema)))
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
