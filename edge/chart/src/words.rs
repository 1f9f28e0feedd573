//! Enums whose values are words on the wire. A spec is checked when it is saved, so a word that is not known is refused.

/// Declares an enum of words: its documentation, and a variant with a word in each row.
macro_rules! words {
    ($(#[doc = $about:tt])* $name:ident { $($(#[doc = $doc:tt])* $variant:ident = $word:tt,)* }) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[doc = $doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}
pub(crate) use words;
