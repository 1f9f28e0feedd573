//! The parameters of an operation: in its path, in its query and in headers.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Required, Schema,
        path::{OperationBuilder, ParameterBuilder, ParameterIn},
        schema::{OneOf, SchemaType, Type},
    },
};

use super::{examples, string};
use crate::PROOF_HEADER;

pub(super) fn path_parameter(name: &str, description: &str, schema: RefOr<Schema>) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
}

pub(super) fn header(name: &str, description: &str, required: Required) -> ParameterBuilder {
    let header = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(required);
    header.description(Some(description)).schema(Some(string()))
}

pub(super) fn proof() -> ParameterBuilder {
    header(
        PROOF_HEADER,
        "A session needs it with the value `1`, together with a same-origin Origin; an API key does not.",
        Required::False,
    )
}

/// The condition of an edit (RFC 9110, section 13.1.1).
pub(super) fn if_match() -> ParameterBuilder {
    let about = "The `ETag` that was read, for example `\"3\"`. Of a list, one has to match. `*` matches every version, so \
        it overwrites what others saved. A weak tag (`W/\"3\"`) matches none.";
    header("If-Match", about, Required::True).example(Some("\"3\"".into()))
}

/// The fields of an object, and which of them must be there.
pub(super) fn properties<T: PartialSchema>() -> (Vec<(String, RefOr<Schema>)>, Vec<String>) {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => (object.properties.into_iter().collect(), object.required),
        _ => (Vec::new(), Vec::new()),
    }
}

pub(super) fn is_empty<T: PartialSchema>() -> bool {
    properties::<T>().0.is_empty()
}

/// The fields of a `GET`'s request, as query parameters.
pub(super) fn query<T: ToSchema>(operation: OperationBuilder) -> OperationBuilder {
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
