//! What is exported as a file: a list, narrowed down as the list itself is.

use crate::words::words;

words! {
    /// The format of an exported file.
    closed ExportFormat {}
    /// CSV (RFC 4180) with a byte-order mark and a header line; moments are UTC, as `2026-11-22 05:00:00`. A value that a spreadsheet could take for a formula begins with an apostrophe.
    Csv = "csv";
    /// One array of what the list has.
    Json = "json";
}

/// Declares the query of a list and that of its export, which have the same filters.
///
/// ```text
/// list_and_export! {
///     /// Which things to list.
///     ListThings
///     /// Which things to export, and in which format.
///     ExportThings
///     /// Only things with this name.
///     name: String,
///     @page
///     /// The most things.
///     limit: u16,
/// }
/// ```
///
/// Every field is optional, except for the format of the file.
macro_rules! list_and_export {
    (
        $(#[doc = $about_list:tt])* $list:ident
        $(#[doc = $about_export:tt])* $export:ident
        $($(#[$filter_meta:meta])* $filter:ident: $filter_type:ty,)*
        @page
        $($(#[$page_meta:meta])* $page:ident: $page_type:ty,)*
    ) => {
        $(#[doc = $about_list])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $list {
            $(
                $(#[$filter_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $filter: Option<$filter_type>,
            )*
            $(
                $(#[$page_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $page: Option<$page_type>,
            )*
        }

        $(#[doc = $about_export])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $export {
            /// The format of the file.
            pub format: $crate::ExportFormat,
            $(
                $(#[$filter_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $filter: Option<$filter_type>,
            )*
        }

        impl $export {
            /// The format, and the query for a page of what is exported.
            pub fn into_parts(self) -> ($crate::ExportFormat, $list) {
                let Self { format, $($filter),* } = self;
                (format, $list { $($filter,)* ..$list::default() })
            }
        }
    };
}
pub(crate) use list_and_export;
