//! The `OpenAPI` document of the contract, from the contract's own types.
//!
//! It is written at test time to `public/api/v1/openapi.json` and served as that file. Out of scope: pages for browsers.

mod examples;
mod flattened;
mod parameters;
mod schemas;
mod streams;
#[cfg(test)]
mod tests;
pub(crate) mod texts;

use std::collections::BTreeSet;

use utoipa::{
    ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, ExternalDocs, InfoBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr,
        Required, ResponseBuilder, Schema, Server,
        example::{Example, ExampleBuilder},
        path::{HttpMethod, OperationBuilder},
        request_body::RequestBodyBuilder,
        schema::{AllOfBuilder, ObjectBuilder, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

pub(crate) use schemas::words;

use crate::{
    Endpoint, GetHealth, Method, PROBLEM_MEDIA_TYPE, Params as _, Problem, ProblemCode, UnknownFields, VisitEndpoint,
    WebhookMessage, visit_endpoints,
};
use parameters::{if_match, is_empty, path_parameter, proof, properties, query};
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
    document.add_streams();
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

pub(crate) fn string() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}
