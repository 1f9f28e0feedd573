//! Enums whose values are words on the wire and in stored records, each declared once by [`words!`].
//!
//! An *open* enum keeps a word that this version does not know: older code of a gradual deployment reads records that
//! newer code wrote and writes them back, and must not lose what it does not understand. A *closed* enum refuses such
//! a word; it stands in requests and in answers that are never stored.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A word that this version does not know, kept as it came.
///
/// It holds 1 to 40 visible ASCII characters. Our own words are checked against that limit when they are compiled, so
/// every version can keep the words of every other. Anything else was not written by Causeway; it is kept as
/// `unknown`, because a truncated word could be taken for another one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownWord {
    length: u8,
    bytes: [u8; Self::MAX_LENGTH],
}

impl UnknownWord {
    /// The most characters that are kept.
    pub const MAX_LENGTH: usize = 40;
    /// The word `unknown` itself.
    pub(crate) const UNKNOWN: Self = {
        let mut bytes = [0; Self::MAX_LENGTH];
        let (word, _) = bytes.split_at_mut(Self::FALLBACK.len());
        word.copy_from_slice(Self::FALLBACK.as_bytes());
        assert!(Self::FALLBACK.len() == 7);
        Self { length: 7, bytes }
    };
    const FALLBACK: &'static str = "unknown";

    /// Keeps `word`.
    pub fn new(word: &str) -> Self {
        let mut bytes = [0; Self::MAX_LENGTH];
        match (Self::fits(word), u8::try_from(word.len()), bytes.get_mut(..word.len())) {
            (true, Ok(length), Some(place)) => {
                place.copy_from_slice(word.as_bytes());
                Self { length, bytes }
            }
            _ => Self::UNKNOWN,
        }
    }

    /// Whether `word` can be kept as it is.
    pub const fn fits(word: &str) -> bool {
        let mut rest = word.as_bytes();
        if rest.is_empty() || rest.len() > Self::MAX_LENGTH {
            return false;
        }
        while let Some((first, others)) = rest.split_first() {
            if !first.is_ascii_graphic() {
                return false;
            }
            rest = others;
        }
        true
    }

    /// The word as it came.
    pub const fn as_str(&self) -> &str {
        match self.bytes.split_at_checked(self.length as usize) {
            Some((word, _)) => match str::from_utf8(word) {
                Ok(word) => word,
                Err(_) => Self::FALLBACK,
            },
            None => Self::FALLBACK,
        }
    }
}

impl fmt::Debug for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

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

/// Fields that this version does not know, kept as they came so that they can be written back. The last variant of an
/// enum with a tag, `#[serde(untagged)]`: it takes a tag that is unknown, and known ones with fields of another form.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownFields(Vec<(String, Kept)>);

impl UnknownFields {
    /// The word that the field `tag` holds.
    pub fn word(&self, tag: &str) -> UnknownWord {
        match self.0.iter().find(|(name, _)| name == tag) {
            Some((_, Kept::Text(word))) => UnknownWord::new(word),
            _ => UnknownWord::UNKNOWN,
        }
    }
}

/// Numbers of JSON are never NaN, so equality is total.
impl Eq for UnknownFields {}

impl Serialize for UnknownFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for UnknownFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Kept::deserialize(deserializer)? {
            Kept::Fields(fields) => Ok(Self(fields)),
            _ => Err(de::Error::custom("an object is expected")),
        }
    }
}

/// A value of JSON.
#[derive(Clone, Debug, PartialEq)]
enum Kept {
    Null,
    Flag(bool),
    Natural(u64),
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Self>),
    Fields(Vec<(String, Self)>),
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(value) => serializer.serialize_bool(*value),
            Self::Natural(value) => serializer.serialize_u64(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => serializer.collect_seq(values),
            Self::Fields(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeptVisitor)
    }
}

struct KeptVisitor;

impl<'de> de::Visitor<'de> for KeptVisitor {
    type Value = Kept;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Kept, E> {
        Ok(Kept::Null)
    }

    fn visit_none<E>(self) -> Result<Kept, E> {
        Ok(Kept::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kept, D::Error> {
        Kept::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kept, E> {
        Ok(Kept::Flag(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kept, E> {
        Ok(Kept::Natural(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kept, E> {
        Ok(Kept::Integer(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kept, E> {
        Ok(Kept::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kept, E> {
        Ok(Kept::Text(value.to_owned()))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut values: A) -> Result<Kept, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(Kept::List(list))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Kept, A::Error> {
        let mut fields = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            fields.push(entry);
        }
        Ok(Kept::Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Cause, CredentialShown, DeliveryOutcome, KeyScope, Kind, Role, State, Status, WebhookEvent};

    fn survives<T: Serialize + de::DeserializeOwned>(written: &serde_json::Value) {
        let read: T = serde_json::from_value(written.clone()).expect("it is read");
        assert_eq!(&serde_json::to_value(read).expect("it is written"), written);
    }

    #[test]
    fn a_cause_of_tomorrow_survives_being_read_and_written_back() {
        let cause: Cause = serde_json::from_str("\"eaten_by_a_grue\"").expect("it is read");
        assert_eq!(cause, Cause::Unknown(UnknownWord::new("eaten_by_a_grue")));
        assert_eq!(serde_json::to_string(&cause).expect("it is written"), "\"eaten_by_a_grue\"");
        assert_eq!(cause.remedy(), Cause::UNKNOWN.remedy());
        survives::<Status>(
            &json!({"state": "interrupted", "cause": "eaten_by_a_grue", "since": "1970-01-01T00:00:00Z"}),
        );
    }

    #[test]
    fn words_of_tomorrow_survive_being_read_and_written_back() {
        let word = json!("word-of:tomorrow");
        survives::<KeyScope>(&word);
        survives::<Kind>(&word);
        survives::<Role>(&word);
        survives::<State>(&word);
        survives::<WebhookEvent>(&word);
        survives::<crate::NeedAction>(&word);
        survives::<crate::FailureCode>(&word);
        survives::<crate::ProblemCode>(&word);
    }

    #[test]
    fn a_status_an_outcome_and_a_credential_of_tomorrow_survive_with_their_fields() {
        let fields = json!({"a": [null, true, -1, 1.5, {"b": "c"}], "since": "1970-01-01T00:00:00Z", "n": 18_446_744_073_709_551_615_u64});
        let with = |tag: &str| {
            let mut fields = fields.clone();
            fields[tag] = "of_tomorrow".into();
            fields
        };
        survives::<Status>(&with("state"));
        survives::<DeliveryOutcome>(&with("outcome"));
        survives::<CredentialShown>(&with("kind"));
        survives::<CredentialShown>(
            &json!({"kind": "basic", "form": "of_tomorrow", "username": null, "expires_at": null}),
        );
        let status: Status = serde_json::from_value(with("state")).expect("it is read");
        assert_eq!(status.state().as_str(), "of_tomorrow");
    }

    #[test]
    fn a_word_that_no_version_wrote_is_unknown_and_never_cut() {
        for word in ["", &"w".repeat(41), "two words", "mot_clé"] {
            assert_eq!(Cause::read(word), Cause::UNKNOWN, "{word:?}");
        }
        let longest = "w".repeat(40);
        assert_eq!(Cause::read(&longest).as_str(), longest);
    }

    #[test]
    fn an_object_in_a_request_is_not_read_from_an_array() {
        let asked = |credential: serde_json::Value| {
            serde_json::from_value::<crate::StartAuthorization>(json!({"kind": "basic", "credential": credential}))
        };
        let whole = json!({"kind": "basic", "address": "https://a.example", "form": "password", "secret": "s"});
        assert!(asked(whole).is_ok_and(|read| read.credential.is_some()));
        assert!(asked(json!(null)).is_ok_and(|read| read.credential.is_none()));
        assert!(asked(json!(["basic", "https://a.example", "password", null, "s", null])).is_err());
    }

    #[test]
    fn a_request_is_refused_for_a_word_that_is_not_known() {
        let asked =
            |scope: &str| serde_json::from_value::<crate::NewApiKey>(json!({"name": "CI", "scopes": ["proxy", scope]}));
        assert!(asked("connections:read").is_ok());
        assert!(asked("launch:missiles").is_err_and(|error| error.to_string().contains("`launch:missiles`")));
    }
}
