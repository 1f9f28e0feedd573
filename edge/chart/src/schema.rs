//! Schemas of what is a plain text in Rust. A field refers to one with `schema(value_type = …)`.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Type},
    },
};

use crate::{
    Filter, JQL_CHARACTERS, LABEL_CHARACTERS, PARAM_VALUES, Series, Source, TEXT_CHARACTERS, VALUE_CHARACTERS,
};

/// Something that is not blank, with line breaks and tabs.
const TEXT: &str =
    r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*\S[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$";
/// One line with at least one character that is not blank.
const ONE_LINE: &str = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$";

macro_rules! schemas {
    ($($name:ident = $schema:expr;)*) => {$(
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                concat!("Chart", stringify!($name)).into()
            }
        }
    )*};
}

schemas! {
    Jql = text("A query in Jira's query language, JQL.", TEXT, JQL_CHARACTERS);
    Label = text("A title, name or label, on one line.", ONE_LINE, LABEL_CHARACTERS);
    Text = text("A text below the title, or instead of the picture.", TEXT, TEXT_CHARACTERS);
    FieldId = text("The id of a field of Jira.", "^[A-Za-z][A-Za-z0-9_.-]*$", VALUE_CHARACTERS);
    FilterId = text("The id of a saved filter of Jira.", "^[0-9]+$", 18);
    ParamName = text("The name of a parameter.", "^[a-z][a-z0-9_]*$", 40);
    Day = text("A day, as a date without a time.", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", 10);
    ParamValues = ArrayBuilder::new()
        .items(text("A value as JQL takes it.", ONE_LINE, VALUE_CHARACTERS))
        .description(Some("The values that a parameter may have."))
        .min_items(Some(1))
        .max_items(Some(PARAM_VALUES));
}

impl PartialSchema for Source {
    fn schema() -> RefOr<Schema> {
        let series = ArrayBuilder::new()
            .items(Ref::from_schema_name(Series::name()))
            .description(Some("Two series that are compared."))
            .min_items(Some(2))
            .max_items(Some(2));
        let only = |name: &str, schema: RefOr<Schema>| {
            let object = ObjectBuilder::new().schema_type(Type::Object).property(name, schema).required(name);
            object.additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        OneOfBuilder::new()
            .description(Some("Which issues a chart is about."))
            .item(only("jql", Jql::schema()))
            .item(only("filter", Ref::from_schema_name(Filter::name()).into()))
            .item(only("series", series.into()))
            .into()
    }
}

impl ToSchema for Source {
    fn name() -> Cow<'static, str> {
        "Source".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas
            .extend([(Filter::name().into_owned(), Filter::schema()), (Series::name().into_owned(), Series::schema())]);
        Filter::schemas(schemas);
        Series::schemas(schemas);
    }
}

fn text(about: &str, pattern: &str, longest: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
        .pattern(Some(pattern))
        .min_length(Some(1))
        .max_length(Some(longest))
}
