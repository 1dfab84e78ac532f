//! The bounds of a script: a rule that somebody means to run never meets them, a hostile one always does (R13).

/// The bounds of every script of a book.
///
/// None can be lifted: zero operations, depth of expressions, bytes, elements or entries are read as one, and depths beyond
/// the defaults as the defaults, for the stack's sake. They are part of the book: one that is compiled with other bounds than these defaults has another fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptLimits {
    /// The most bytes of a text. A long rule has 2,000.
    pub text_bytes_max: usize,
    /// The most operations of one run. A long rule takes 200; a loop over the lines 20 to 60 for each.
    pub operations_max: u64,
    /// How deep functions may call each other. 8 deep, with the deepest expression in each, an unoptimized build took
    /// 2.4 MiB of stack, and a thread has 2 MiB.
    pub call_depth_max: usize,
    /// How deep expressions and blocks may be nested, and how long a chain of `else if`.
    pub expression_depth_max: usize,
    /// The most bytes of a text that is put together.
    pub string_bytes_max: usize,
    /// The most elements of a list, other than the lines of the order.
    pub array_length_max: usize,
    /// The most entries of a map; the language has none.
    pub map_entries_max: usize,
    /// The most variables at one time; what the script reads is counted, too.
    pub variables_max: usize,
    /// The most things that a text reads: each member of a root, and each of a line in a loop.
    pub reads_max: usize,
    /// The most functions of a text.
    pub functions_max: usize,
}

impl ScriptLimits {
    /// The bounds that every book has that does not ask for others.
    pub const DEFAULT: Self = Self {
        text_bytes_max: 16_384,
        operations_max: 200_000,
        call_depth_max: 5,
        expression_depth_max: 48,
        string_bytes_max: 4_096,
        array_length_max: 256,
        map_entries_max: 1,
        variables_max: 64,
        reads_max: 48,
        functions_max: 16,
    };
}

impl Default for ScriptLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
