//! How large a chart may be. Each constant feeds the check of a spec and the words that refuse it.

/// The most segments of a chart, *Other* and *None* among them.
pub const SEGMENTS: usize = 40;
/// The most cells: segments times columns.
pub const CELLS: usize = 400;
/// The most bytes of a spec, as JSON.
pub const SPEC_BYTES: usize = 32 * 1024;
/// The most characters of a JQL query.
pub const JQL_CHARACTERS: usize = 10_000;
/// The most characters of a title, a name or a label.
pub const LABEL_CHARACTERS: usize = 255;
/// The most characters of a text below the title, and of an alternative text.
pub const TEXT_CHARACTERS: usize = 1_000;
/// The most characters of the id of a field or filter, and of a value in JQL.
pub const VALUE_CHARACTERS: usize = 255;
/// The most parameters of a chart.
pub const PARAMS: usize = 10;
/// The most values that a parameter may have.
pub const PARAM_VALUES: usize = 50;
