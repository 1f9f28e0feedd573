//! The operations that no endpoint declares, because a request or an answer is streamed: calls to Jira, checkups and
//! exports.

use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        ContentBuilder, PathItem, RefOr, Required, ResponseBuilder, Schema,
        path::{HttpMethod, OperationBuilder},
        request_body::RequestBodyBuilder,
        schema::{ArrayBuilder, ObjectBuilder, Type},
        security::SecurityRequirement,
    },
};

use super::{
    Document, examples,
    parameters::{header, path_parameter, proof, query},
    problem, refusals, resource, string, texts,
};
use crate::{
    API_FAMILIES, CHECKUP_PATH, CONNECTION_HEADER, CheckupLine, Connection, ConnectionExportQuery, ConnectionId,
    ExportQuery, Stream, TimelineEntry, routes,
};

impl Document {
    /// Describes them all.
    pub(super) fn add_streams(&mut self) {
        self.add_proxy();
        self.add_checkup();
        self.add_export::<TimelineEntry, ExportQuery>(
            &routes::EXPORT,
            "ExportAuditLog",
            "Export the audit log of the organization",
        );
        self.add_export::<Connection, ConnectionExportQuery>(
            &routes::CONNECTION_EXPORT,
            "ExportConnections",
            "Export the list of connections",
        );
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
