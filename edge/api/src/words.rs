//! Enums whose values are words on the wire and in stored records, each declared once by [`words!`].
//!
//! An *open* enum keeps a word that this version does not know: older code of a gradual deployment reads records that
//! newer code wrote and writes them back, and must not lose what it does not understand. A *closed* enum refuses such
//! a word; it stands in requests and in answers that are never stored.

#[cfg(test)]
mod tests;
mod unknown_fields;
mod unknown_word;

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, de};

pub use unknown_fields::UnknownFields;
pub use unknown_word::UnknownWord;

/// Declares enums of words. One row is a value: its documentation, its name in code, its word, and its text for each
/// column of the heading. A row that lacks one does not compile.
///
/// ```text
/// words! {
///     /// Why a connection does not work.
///     open Cause {
///         /// What to do about it, and who.
///         remedy: &'static str = "What an unknown cause says.",
///     }
///     /// Atlassian refused the refresh token.
///     GrantRefused = "grant_refused", "Reauthorize the connection.";
/// }
/// ```
///
/// From the rows it makes the enum, `ALL`, `as_str`, a function for each column, the reader and the writer of serde,
/// and the schema of the `OpenAPI` document. Rows after `@unlisted` are words like the others, but not in `ALL`.
///
/// The readers search the list. Derived, a choice among so many words is kilobytes of code, anew for each format that
/// it is read from.
macro_rules! words {
    (
        $(#[doc = $about:tt])*
        $(#[derive($($extra:ident),*)])?
        open $name:ident { $($columns:tt)* }
        $($(#[doc = $doc:tt])* $variant:ident = $word:tt $(, $value:expr)*;)*
        $(@unlisted { $($(#[doc = $more_doc:tt])* $more:ident = $more_word:tt $(, $more_value:expr)*;)* })?
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash $($(, $extra)*)?)]
        pub enum $name {
            $($(#[doc = $doc])* $variant,)*
            $($($(#[doc = $more_doc])* $more,)*)?
            /// A word that this version does not know: a newer one wrote it.
            Unknown($crate::UnknownWord),
        }

        impl $name {
            /// Every value that is known and may be listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Stands for the word `unknown`, where there is no better one.
            pub const UNKNOWN: Self = Self::Unknown($crate::UnknownWord::UNKNOWN);
            const UNLISTED: &'static [Self] = &[$($(Self::$more),*)?];

            /// The word on the wire; of an unknown one, the word as it came.
            pub const fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    $($(Self::$more => $more_word,)*)?
                    Self::Unknown(word) => word.as_str(),
                }
            }

            /// Reads a word. One that this version does not know is kept.
            pub fn read(word: &str) -> Self {
                let known = Self::ALL.iter().chain(Self::UNLISTED).find(|known| known.as_str() == word);
                known.copied().unwrap_or_else(|| Self::Unknown($crate::UnknownWord::new(word)))
            }
        }

        impl $crate::words::Known for $name {
            fn unknown_word(&self) -> Option<&str> {
                match self {
                    Self::Unknown(word) => Some(word.as_str()),
                    _ => None,
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::read(&String::deserialize(deserializer)?))
            }
        }

        words!(@fits $($word)* $($($more_word)*)?);
        words!(@columns $name [Self::Unknown(_)] { $($columns)* } {
            $($variant ($($value),*))*
            $($($more ($($more_value),*))*)?
        });
        words!(@schema $name [$($about)*] {
            $($word [$($doc)*])*
            $($($more_word [$($more_doc)*])*)?
        });
    };

    (
        $(#[doc = $about:tt])*
        $(#[derive($($extra:ident),*)])?
        closed $name:ident { $($columns:tt)* }
        $($(#[doc = $doc:tt])* $variant:ident = $word:tt $(, $value:expr)*;)*
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash $($(, $extra)*)?)]
        pub enum $name {
            $($(#[doc = $doc])* $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                let known = Self::ALL.iter().find(|known| known.as_str() == word);
                known.copied().ok_or_else(|| serde::de::Error::unknown_variant(&word, &[$($word),*]))
            }
        }

        words!(@fits $($word)*);
        words!(@columns $name [] { $($columns)* } { $($variant ($($value),*))* });
        words!(@schema $name [$($about)*] { $($word [$($doc)*])* });
    };

    (@fits $($word:tt)*) => {
        const _: () = { $(assert!($crate::UnknownWord::fits($word), $word);)* };
    };

    (@columns $name:ident [$($unknown:pat)?] {} $rows:tt) => {};
    (@columns $name:ident $unknown:tt { $($(#[doc = $doc:tt])* $column:ident: $type:ty = $otherwise:expr,)+ } $rows:tt) => {
        const _: () = {
            struct Row {
                $($column: $type,)*
            }

            impl Row {
                const fn new($($column: $type),*) -> Self {
                    Self { $($column),* }
                }
            }

            $(words!(@column $name $unknown [$(#[doc = $doc])*] $column $type, $otherwise, $rows);)*
        };
    };
    (
        @column $name:ident [$($unknown:pat)?] [$(#[doc = $doc:tt])*] $column:ident $type:ty, $otherwise:expr,
        { $($variant:ident ($($value:expr),*))* }
    ) => {
        impl $name {
            $(#[doc = $doc])*
            pub const fn $column(self) -> $type {
                match self {
                    $(Self::$variant => const { Row::new($($value),*).$column },)*
                    $($unknown => $otherwise,)?
                }
            }
        }
    };

    (@schema $name:ident [$($about:tt)*] { $($word:tt [$($doc:tt)*])* }) => {
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::openapi::words(&[$($about),*], &[$(($word, &[$($doc),*])),*])
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}
pub(crate) use words;

/// What may hold a word that this version does not know.
pub(crate) trait Known {
    /// The first such word.
    fn unknown_word(&self) -> Option<&str>;
}

impl<T: Known> Known for Option<T> {
    fn unknown_word(&self) -> Option<&str> {
        self.as_ref().and_then(T::unknown_word)
    }
}

impl<T: Known> Known for Vec<T> {
    fn unknown_word(&self) -> Option<&str> {
        self.iter().find_map(T::unknown_word)
    }
}

/// Reads the field of a request, in which every word must be known: `#[serde(deserialize_with = "known")]`.
pub(crate) fn known<'de, D: Deserializer<'de>, T: Known + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    let read = T::deserialize(deserializer)?;
    match read.unknown_word() {
        Some(word) => Err(de::Error::custom(format_args!("unknown variant `{word}`"))),
        None => Ok(read),
    }
}

/// Reads the field of a request that is an object or absent: `#[serde(deserialize_with = "object")]`. Derived readers also
/// take an array, as the object's fields in the order of their declaration.
pub(crate) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for ObjectVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, fields: A) -> Result<Option<T>, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(fields)).map(Some)
    }
}
