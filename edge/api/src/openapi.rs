//! The `OpenAPI` document of the contract, from the contract's own types.
//!
//! It is written at test time to `public/api/v1/openapi.json` and served as that file. Out of scope: pages for browsers.

mod examples;
mod flattened;
mod schemas;
#[cfg(test)]
mod tests;
pub(crate) mod texts;

use std::collections::BTreeSet;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, ExternalDocs, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, Ref,
        RefOr, Required, ResponseBuilder, Schema, Server,
        example::{Example, ExampleBuilder},
        path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, OneOf, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

pub(crate) use schemas::words;

use crate::{
    API_FAMILIES, CHECKUP_PATH, CONNECTION_HEADER, CheckupLine, Connection, ConnectionExportQuery, ConnectionId,
    Endpoint, ExportQuery, GetHealth, Method, PROBLEM_MEDIA_TYPE, PROOF_HEADER, Params as _, Problem, ProblemCode,
    Stream, TimelineEntry, UnknownFields, VisitEndpoint, WebhookMessage, routes, visit_endpoints,
};
use schemas::{promised, text};

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
    document.add_export::<TimelineEntry, ExportQuery>(
        &routes::EXPORT,
        "ExportAuditLog",
        "Export the audit log of the organization",
    );
    document.add_export::<Connection, ConnectionExportQuery>(
        &routes::CONNECTION_EXPORT,
        "ExportConnections",
        "Export the list of connections",
    );
    document.add_schema::<Problem>();
    document.add_schema::<WebhookMessage>();
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("cw_…").build();
    let session = ApiKey::Cookie(ApiKeyValue::new("__Host-session"));
    let mut components = document.components.build();
    components.schemas = flattened::flattened(&components.schemas);
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Causeway")
                .version("v1")
                .description(Some("The connection layer between products and Jira. Errors are RFC 9457 problems."))
                .build(),
        )
        .external_docs(Some(ExternalDocs::new("/help/")))
        .servers(Some([Server::new("/")]))
        .paths(document.paths)
        .components(Some(
            ComponentsBuilder::from(components)
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
            .tag(resource(E::PATH))
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
            Method::Post | Method::Put | Method::Patch | Method::Delete => {
                operation = operation.parameter(proof());
                if !is_empty::<E::Request>() {
                    let content = ContentBuilder::new().schema(Some(self.add_schema::<E::Request>()));
                    let content = content.example(examples::of(&E::Request::name())).build();
                    // An absent body is an empty object, which is enough where every field may be left out.
                    let (_, needed) = properties::<E::Request>();
                    let required = if needed.is_empty() { Required::False } else { Required::True };
                    let body = RequestBodyBuilder::new().required(Some(required));
                    operation = operation.request_body(Some(body.content("application/json", content).build()));
                }
            }
        }
        if E::GUARDED {
            operation = operation.parameter(if_match());
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

    /// Calls to Jira through a connection, or through the only one to a site.
    fn add_proxy(&mut self) {
        let site = "As under Atlassian's gateway: any path below /rest/ with any query, through the connection to this site \
            that the API key may use. An instance of Data Center is called in the same way under its own context path: \
            /{context path}/rest/…, or /rest/….";
        self.add_calls(&routes::PROXY, "CallJira", &|operation| {
            operation
                .summary(Some("Call Jira through a connection"))
                .description(Some(proxy_description()))
                .parameter(path_parameter("id", "The id of the connection.", ConnectionId::schema()))
        });
        self.add_calls(&routes::GATEWAY, "CallSite", &|operation| {
            operation
                .summary(Some("Call Jira as at Atlassian's gateway"))
                .description(Some(site))
                .parameter(path_parameter("cloud_id", "The cloudId of the site.", texts::CloudId::schema()))
                .parameter(
                    header(CONNECTION_HEADER, "The id of the connection, if there are several.", Required::False)
                        .schema(Some(ConnectionId::schema())),
                )
        });
    }

    /// Calls to Jira: any method, any body. `name` begins the operations' ids.
    fn add_calls(&mut self, stream: &Stream, name: &str, described: &dyn Fn(OperationBuilder) -> OperationBuilder) {
        let methods = [
            (HttpMethod::Get, "Get"),
            (HttpMethod::Post, "Post"),
            (HttpMethod::Put, "Put"),
            (HttpMethod::Patch, "Patch"),
            (HttpMethod::Delete, "Delete"),
            (HttpMethod::Head, "Head"),
            (HttpMethod::Options, "Options"),
        ];
        let mut item = PathItem::default();
        for (method, ends) in methods {
            let has_body = matches!(method, HttpMethod::Post | HttpMethod::Put | HttpMethod::Patch);
            let operation = described(proxied(&format!("{name}With{ends}"), has_body));
            item.merge_operations(PathItem::new(method, with_refusals(operation, stream).build()));
        }
        self.paths.paths.insert(stream.path.to_owned(), item);
    }

    /// A checkup: a stream, a line as each step finishes.
    fn add_checkup(&mut self) {
        self.add_schema::<CheckupLine>();
        // The body is no JSON document, so its schema is a text: generated clients hand it on unread.
        let lines = examples::of("CheckupLine").map(|line| format!("{line}\n").into());
        let lines = ContentBuilder::new().schema(Some(string())).example(lines).build();
        let steps = "A stream of newline-delimited JSON: one CheckupLine a line, each step as it finishes, the verdict \
            last. A stream without a verdict broke off, and nothing was recorded. An API key that begins a checkup within ten \
            seconds of the last one gets the verdict of that one alone.";
        let operation = OperationBuilder::new()
            .operation_id(Some("CheckConnection"))
            .tag(resource(CHECKUP_PATH))
            .summary(Some("Test a connection step by step"))
            .parameter(path_parameter("id", "The id of the connection.", ConnectionId::schema()))
            .parameter(proof())
            .response("200", ResponseBuilder::new().description(steps).content("application/x-ndjson", lines).build())
            .response("default", problem());
        let operation = with_refusals(operation, &routes::CHECKUP);
        self.paths.add_path_operation(CHECKUP_PATH, vec![HttpMethod::Post], operation.build());
    }

    /// What is exported as a file, item by item: `Item`s that match a `Query`.
    fn add_export<Item: ToSchema, Query: ToSchema>(&mut self, stream: &Stream, id: &str, summary: &str) {
        let items = ContentBuilder::new().schema(Some(ArrayBuilder::new().items(self.add_schema::<Item>())));
        let items = items.example(examples::of(&Item::name()).map(|item| vec![item].into()));
        let file = ResponseBuilder::new()
            .description("The file, streamed. One that breaks off is not whole.")
            .content("application/json", items.build())
            .content("text/csv", ContentBuilder::new().schema(Some(string())).build());
        self.add_schemas_within::<Query>();
        let operation = OperationBuilder::new()
            .operation_id(Some(id))
            .tag(resource(stream.path))
            .summary(Some(summary))
            .parameter(proof())
            .response("200", file.build())
            .response("default", problem());
        let operation = query::<Query>(with_refusals(operation, stream));
        self.paths.add_path_operation(stream.path, vec![HttpMethod::Post], operation.build());
    }
}

const fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

/// What an operation belongs to, by its path: readers and generated clients group by it.
fn resource(path: &str) -> &str {
    path.trim_start_matches("/api/v1").split('/').nth(1).unwrap_or_default()
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

fn proxy_description() -> String {
    let families = API_FAMILIES.join("`, `");
    format!(
        "Paths of the API families `{families}`, and of those that the connection's managers added (`api_families`), \
         with any query. The slashes of the path are sent as they are: a path with encoded ones is refused. What makes, changes or ends credentials, accounts or sessions, installs apps, or is about \
         webhooks is refused with `path_refused`: see /help/calling-jira/#taken-out. \
         Query parameters in which Jira takes sign-ins (`os_…`, `oauth_…`, `xoauth_…`, `jwt`, `access_token`) are \
         refused, too. The body and the answer are Jira's. For API keys with the scope `proxy`; a session is refused."
    )
}

/// One method of the proxy.
fn proxied(id: &str, has_body: bool) -> OperationBuilder {
    let operation = OperationBuilder::new()
        .operation_id(Some(id))
        .tag("jira")
        .securities(Some([SecurityRequirement::new("api_key", Vec::<String>::new())]))
        .parameter(path_parameter("path", "The path at Jira, from `rest/` on.", jira_path()))
        .response("default", ResponseBuilder::new().description("Jira's answer, or a problem.").build());
    let json = ContentBuilder::new().schema(Some(Schema::default())).example(Some(serde_json::json!({"fields": {}})));
    let body = RequestBodyBuilder::new()
        .description(Some("What Jira's documentation says. Every other media type is passed on, too."))
        .content("application/json", json.build())
        .build();
    if has_body { operation.request_body(Some(body)) } else { operation }
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

/// The condition of an edit (RFC 9110, section 13.1.1).
fn if_match() -> ParameterBuilder {
    let about = "The `ETag` that was read, for example `\"3\"`. Of a list, one has to match. `*` matches every version, so \
        it overwrites what others saved. A weak tag (`W/\"3\"`) matches none.";
    header("If-Match", about, Required::True).example(Some("\"3\"".into()))
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
        operation.parameter(parameter.name(name).required(required).schema(Some(without_null(schema))))
    })
}

/// A schema without `null`: a parameter of a query is a text or absent.
fn without_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let is_null = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
    match schema {
        RefOr::T(Schema::OneOf(OneOf { items, .. })) if items.iter().any(is_null) => {
            items.into_iter().find(|item| !is_null(item)).unwrap_or_default()
        }
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &object.schema_type {
                let plain = types.iter().find(|one| **one != Type::Null).cloned();
                object.schema_type = plain.map_or(SchemaType::AnyValue, SchemaType::Type);
            }
            Schema::Object(object).into()
        }
        other => other,
    }
}
