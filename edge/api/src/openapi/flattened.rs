//! Flattened fields as plain objects.
//!
//! What serde flattens, the derive describes as `allOf` of a reference and an object. That is right, but generators of
//! clients do not combine a choice with an object. So the fields are written into one object, or into each object of a
//! choice.

use std::collections::BTreeMap;

use utoipa::openapi::{
    RefOr, Schema,
    schema::{AllOf, Object},
};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// The same schemas without `allOf`.
pub(super) fn flattened(schemas: &Schemas) -> Schemas {
    schemas.iter().map(|(name, schema)| (name.clone(), flatten(schema, schemas))).collect()
}

fn flatten(schema: &RefOr<Schema>, schemas: &Schemas) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::AllOf(parts)) => combine(parts, schemas),
        RefOr::T(Schema::OneOf(choice)) => {
            let mut choice = choice.clone();
            choice.items.iter_mut().for_each(|item| *item = flatten(item, schemas));
            Schema::OneOf(choice).into()
        }
        other => other.clone(),
    }
}

fn combine(parts: &AllOf, schemas: &Schemas) -> RefOr<Schema> {
    let (mut own, mut choice) = (Object::default(), None);
    own.description.clone_from(&parts.description);
    for part in &parts.items {
        match resolve(part, schemas) {
            Some(Schema::Object(object)) => add(&mut own, &object),
            Some(Schema::OneOf(one_of)) => choice = Some(one_of),
            _ => return Schema::AllOf(parts.clone()).into(),
        }
    }
    match choice {
        None => Schema::Object(own).into(),
        Some(mut choice) => {
            choice.items.iter_mut().for_each(|variant| *variant = with_fields(variant, &own));
            choice.description = own.description;
            Schema::OneOf(choice).into()
        }
    }
}

fn resolve(schema: &RefOr<Schema>, schemas: &Schemas) -> Option<Schema> {
    let resolved = match schema {
        RefOr::Ref(to) => schemas.get(to.ref_location.rsplit('/').next()?)?,
        RefOr::T(_) => schema,
    };
    match flatten(resolved, schemas) {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
    }
}

/// A variant of a choice with the fields that every variant has.
fn with_fields(variant: &RefOr<Schema>, fields: &Object) -> RefOr<Schema> {
    match variant {
        RefOr::T(Schema::Object(object)) => {
            let mut object = object.clone();
            add(&mut object, fields);
            Schema::Object(object).into()
        }
        other => other.clone(),
    }
}

fn add(object: &mut Object, fields: &Object) {
    object.properties.extend(fields.properties.clone());
    object.required.extend(fields.required.clone());
}
