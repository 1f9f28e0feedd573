//! The schemas that are written by hand: of words and of lists.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type},
    },
};

use crate::{List, UnknownFields};

/// The schema of an enum of words: what they are, and each with its meaning.
pub(crate) fn words(about: &[&str], words: &[(&str, &[&str])]) -> RefOr<Schema> {
    let meanings = words.iter().map(|(word, meaning)| format!("- `{word}`: {}", text(meaning, " ")));
    let description = [text(about, "\n"), String::new()].into_iter().chain(meanings).collect::<Vec<_>>().join("\n");
    let known = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().map(|(word, _)| *word)));
    known.description(Some(description)).into()
}

/// Lines of documentation as one text.
pub(super) fn text(lines: &[&str], between: &str) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(between).trim().to_owned()
}

/// What only keeps fields of other versions is nothing that is promised.
fn is_promised(schema: &RefOr<Schema>) -> bool {
    !serde_json::to_string(schema).is_ok_and(|json| json.contains("UnknownFields"))
}

/// A schema without the variants that only keep fields of other versions.
pub(super) fn promised(schema: RefOr<Schema>) -> RefOr<Schema> {
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
    fn name() -> Cow<'static, str> {
        format!("ListOf{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
