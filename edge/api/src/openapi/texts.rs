//! Schemas of values that are plain texts and numbers in Rust. A field refers to one with `schema(value_type = …)`. Their
//! limits are the constants that the checks use: [`crate::limits`].

use std::{borrow::Cow, ops::RangeInclusive};

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, RefOr, Schema, SchemaFormat,
        schema::{ArrayBuilder, ObjectBuilder, Type},
    },
};

use super::string;
use crate::{
    ADDRESS_BYTES, API_KEY_PREFIX, ApiFamily, CHART_SITE_BYTES, CHOSEN_TASKS, CLOUD_ID_CHARACTERS,
    CONNECTION_CURSOR_CHARACTERS, ConnectionId, ConsumerKey, EMAIL_CHARACTERS, EMBED_ORIGIN_CHARACTERS, EMBED_ORIGINS,
    ENTRY_CURSOR_DIGITS, EXTERNAL_ID_CHARACTERS, FIELD_VALUE_CHARACTERS, FieldText, GuideToken, JiraId,
    KEY_CONNECTIONS, KEY_OVERLAP_SECONDS, LOGIN_CHARACTERS, Name, OAUTH1_TOKEN_CHARACTERS, PAGE_ITEMS, PICTURE_WIDTHS,
    PLACEMENT_CHARACTERS, PLACEMENTS, PROJECT_KEY_CHARACTERS, SECRET_LONGEST, SECRET_SHORTEST, TASK_BODY_CHARACTERS,
    TASK_LABELS, TASK_PROPERTY_CHARACTERS, TASK_TITLE_CHARACTERS, TASK_URL_CHARACTERS, TOKEN_CHARACTERS, TimelineEvent,
    WEBHOOK_URL_BYTES, WebhookEvent, WriteOnly,
};

/// One line with at least one character that is not blank.
const ONE_LINE: &str = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$";
/// The same without a colon, which separates a user name from its password (RFC 7617).
const USER_NAME: &str =
    r"^[^:\u0000-\u001F\u007F-\u009F]*[^:\s\u0000-\u001F\u007F-\u009F][^:\u0000-\u001F\u007F-\u009F]*$";
/// Something, `@`, something, of visible ASCII characters and without commas.
const EMAIL: &str = r"^[!-+\--?A-~]+@[!-+\--?A-~]+$";
/// The same, or a word for what is no person: [`crate::ACTORS`].
const ACTOR: &str = r"^([!-+\--?A-~]+@[!-+\--?A-~]+|api_key|causeway|atlassian)$";
/// `rest/` and segments that do not begin with a dot.
const API_FAMILY: &str = r"^rest(/[a-z0-9_~-][a-z0-9._~-]*)+$";
/// Scheme, authority without user and percent sign, path without query and fragment.
const ADDRESS: &str = r"^https?://[^\\/?#@%\s\u0000-\u001F\u007F-\u009F]+(/[^\\?#\s\u0000-\u001F\u007F-\u009F]*)?$";
/// Scheme, host and port, and nothing else.
const ORIGIN: &str = r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$";
/// An address for `https` alone, with a query.
const WEBHOOK_URL: &str =
    r"^https://[^\\/?#@%\s\u0000-\u001F\u007F-\u009F]+([/?][^\\#\s\u0000-\u001F\u007F-\u009F]*)?$";
/// The same for any scheme of the web, with a fragment.
const TASK_URL: &str = r"^https?://[^\\/?#@\s\u0000-\u001F\u007F-\u009F]+([/?#][^\s\u0000-\u001F\u007F-\u009F]*)?$";
/// Anything without control characters.
const NO_CONTROL: &str = r"^[^\u0000-\u001F\u007F-\u009F]+$";
/// Anything, over any number of lines.
const ANYTHING: &str = r"^[\s\S]*$";
/// Visible ASCII characters.
const VISIBLE: &str = r"^[!-~]+$";

/// Implements the schema of types that have one of their own name.
macro_rules! schemas {
    ($($type:ident = $schema:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                stringify!($type).into()
            }
        }
    )*};
}

/// Declares types that only name a schema.
macro_rules! names {
    ($($type:ident = $schema:expr;)*) => {
        $(pub(crate) struct $type;)*
        schemas! { $($type = $schema;)* }
    };
}

schemas! {
    Name = text("A name: 1 to 255 characters on one line, not only blanks.", ONE_LINE, 1..=Self::MAX_LENGTH);
    ConsumerKey = text("A consumer key: letters, digits, `-` and `_`.", "^[A-Za-z0-9_-]+$", 1..=Self::MAX_LENGTH);
    ApiFamily = text("The beginning of a path of an app, such as `rest/raven/2.0`.", API_FAMILY, 6..=Self::MAX_LENGTH);
    JiraId = text("An id of Jira: of a type of issue, a status, a field, an option.", VISIBLE, 1..=Self::MAX_LENGTH);
    FieldText = text("A value for a field of Jira.", r"^[\s\S]+$", 1..=FIELD_VALUE_CHARACTERS);
    GuideToken = secret("The secret at the end of a guide's link.", "");
    WriteOnly = hidden("A password or token. It is sealed and never sent back.", ONE_LINE, TOKEN_CHARACTERS);
}

names! {
    ApiKeyText = secret("The API key itself, which is shown only once.", API_KEY_PREFIX);
    ClientSecret = hidden("A client secret. It is sealed and never sent back.", VISIBLE, TOKEN_CHARACTERS);
    ClientIdText = text("A client id, as Jira shows it.", VISIBLE, 1..=TOKEN_CHARACTERS);
    UserName = text("The name of a user, on one line and without a colon.", USER_NAME, 1..=LOGIN_CHARACTERS);
    EmailAddress = text("An e-mail address, of a person.", EMAIL, 3..=EMAIL_CHARACTERS);
    JiraAddress = text("The base URL of Jira with its context path.", ADDRESS, 8..=ADDRESS_BYTES);
    WebhookUrl = text("The address of a webhook's receiver.", WEBHOOK_URL, 9..=WEBHOOK_URL_BYTES);
    ProjectKey = text("The key of a Jira project.", "^[A-Z][A-Z0-9_]*$", 1..=PROJECT_KEY_CHARACTERS);
    CloudId = text("The id of a Jira Cloud site.", "^[A-Za-z0-9-]+$", 1..=CLOUD_ID_CHARACTERS);
    Oauth1Verifier = text("A verification code, as Jira shows it.", VISIBLE, 1..=OAUTH1_TOKEN_CHARACTERS);
    EntryCursor = text("Where a page of entries begins.", "^[0-9]+$", 1..=ENTRY_CURSOR_DIGITS);
    ConnectionCursor = text("Where a page of connections begins.", "^[A-Za-z0-9_-]+$", 1..=CONNECTION_CURSOR_CHARACTERS);
    ExternalIdText = text("The product's own id of a task.", NO_CONTROL, 1..=EXTERNAL_ID_CHARACTERS);
    TaskTitle = text("What a task is, on one line.", ONE_LINE, 1..=TASK_TITLE_CHARACTERS);
    TaskBodyText = text("Text in Markdown.", ANYTHING, 0..=TASK_BODY_CHARACTERS);
    TaskUrl = text("Where a task is opened.", TASK_URL, 8..=TASK_URL_CHARACTERS);
    IssueText = text("The id or the key of an issue.", "^([0-9]+|[A-Z][A-Z0-9_]*-[0-9]+)$", 1..=JiraId::MAX_LENGTH);
    TaskLabels = ArrayBuilder::new()
        .items(Name::schema())
        .description(Some("The labels of a task."))
        .max_items(Some(TASK_LABELS));
    ChosenTasks = ArrayBuilder::new()
        .items(ExternalIdText::schema())
        .description(Some("External ids of tasks, a thousand at most."))
        .max_items(Some(CHOSEN_TASKS));
    PropertiesMap = ObjectBuilder::new()
        .description(Some("Values by name, fifty at most."))
        .additional_properties(Some(text("A value of the product's own.", ANYTHING, 0..=TASK_PROPERTY_CHARACTERS)));
    TaskVersion = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("The version of a task."))
        .minimum(Some(0))
        .maximum(Some(u32::MAX));
    PageLimit = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("The most items of a page."))
        .minimum(Some(1))
        .maximum(Some(PAGE_ITEMS));
    ChartSiteKey = text("A cloudId, or the base URL of a Jira instance.", VISIBLE, 1..=CHART_SITE_BYTES);
    JqlText = text("A query in JQL.", r"^[\s\S]*\S[\s\S]*$", 1..=chart::JQL_CHARACTERS);
    MeaningDigest = text("The digest of what a chart asks.", "^[0-9a-f]{64}$", 64..=64);
    PlacementText = text("What names a place.", VISIBLE, 1..=PLACEMENT_CHARACTERS);
    Placements = ArrayBuilder::new()
        .items(utoipa::openapi::Ref::from_schema_name("Placement"))
        .description(Some("Where a chart may be shown."))
        .min_items(Some(1))
        .max_items(Some(PLACEMENTS));
    ChartParams = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Names of parameters of the chart, with one of their values each."))
        .additional_properties(Some(string()));
    PictureWidth = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("How wide a picture is, in CSS pixels."))
        .minimum(Some(*PICTURE_WIDTHS.start()))
        .maximum(Some(*PICTURE_WIDTHS.end()));
    EmbedOrigins = ArrayBuilder::new()
        .items(text("An origin: a scheme, a host, and a port if it is not the usual one.", ORIGIN, 9..=EMBED_ORIGIN_CHARACTERS))
        .description(Some("The origins of pages, each once."))
        .min_items(Some(1))
        .max_items(Some(EMBED_ORIGINS));
    LockedParams = ArrayBuilder::new()
        .items(text("The name of a parameter.", "^[a-z][a-z0-9_]*$", 1..=40))
        .description(Some("Names of parameters of the chart, each once."))
        .max_items(Some(chart::PARAMS));
    OverlapSeconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("For how many seconds two keys work."))
        .minimum(Some(0))
        .maximum(Some(KEY_OVERLAP_SECONDS));
    Skip = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("How many items to skip."))
        .minimum(Some(0))
        .maximum(Some(u32::MAX));
    ApiFamilies = ArrayBuilder::new()
        .items(ApiFamily::schema())
        .description(Some("What is passed on in addition. What every connection passes on, and what none does, is refused."))
        .max_items(Some(ApiFamily::MOST));
    ActorText = text("An e-mail address, or a word for what is no person.", ACTOR, 3..=EMAIL_CHARACTERS);
    EventName = one_of("The name of an event, for example `renamed`.", TimelineEvent::NAMES.iter().copied());
    SubscribedEvent = one_of("An event that can be asked for.", WebhookEvent::ALL.iter().map(WebhookEvent::as_str));
    KeyConnections = ArrayBuilder::new()
        .items(ConnectionId::schema())
        .description(Some("Some connections, by id."))
        .min_items(Some(1))
        .max_items(Some(KEY_CONNECTIONS));
}

fn text(about: &str, pattern: &str, length: RangeInclusive<usize>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
        .pattern(Some(pattern))
        .min_length(Some(*length.start()))
        .max_length(Some(*length.end()))
}

fn hidden(about: &str, pattern: &str, longest: usize) -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Password);
    text(about, pattern, 1..=longest).format(Some(format)).write_only(true)
}

/// A secret that Causeway issues, after `prefix`.
fn secret(about: &str, prefix: &str) -> ObjectBuilder {
    let (pattern, before) = (format!("^{prefix}[A-Za-z0-9_-]+$"), prefix.len());
    text(about, &pattern, before + SECRET_SHORTEST..=before + SECRET_LONGEST)
}

fn one_of<'a>(about: &str, words: impl Iterator<Item = &'a str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(about)).enum_values(Some(words))
}
