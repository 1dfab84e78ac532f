//! Texts of scripts: well-typed, of every statement, name and function of R13, and such that fail now and then.

use std::collections::BTreeMap;

use emptor_core::{CategoryId, ScriptParam, ScriptParamKind, ScriptReturns, ScriptSees, Unit};

use super::draws::Draws;

/// What a text may name.
pub(super) struct Words {
    pub(super) units: Vec<Unit>,
    pub(super) categories: Vec<CategoryId>,
    /// Of the attributes of products.
    pub(super) keys: Vec<String>,
}

/// What a number should be like.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Size {
    /// What an effect takes, mostly.
    Percent,
    /// Zero or above, mostly.
    Positive,
}

/// A text that is being written.
pub(super) struct Writer<'w> {
    pub(super) words: &'w Words,
    pub(super) sees: ScriptSees,
    pub(super) params: &'w BTreeMap<String, ScriptParam>,
    /// The line that can be read, and whether it has amounts.
    line: Option<(String, bool)>,
    /// Variables that hold numbers and can be assigned.
    variables: Vec<String>,
    /// How many names were given.
    names: usize,
    has_function: bool,
}

impl<'w> Writer<'w> {
    pub(super) fn new(words: &'w Words, sees: ScriptSees, params: &'w BTreeMap<String, ScriptParam>) -> Self {
        let has_amounts = sees == ScriptSees::Line;
        let line = (sees != ScriptSees::Order).then(|| ("line".to_owned(), has_amounts));
        Self { words, sees, params, line, variables: Vec::new(), names: 0, has_function: false }
    }

    /// A whole text.
    pub(super) fn text(&mut self, draws: &mut Draws, returns: ScriptReturns, size: Size) -> String {
        let mut text = String::new();
        if draws.chance(20) {
            self.has_function = true;
            text.push_str("fn many(l) { l.quantity + l.prior_quantity }\n");
            text.push_str(draws.pick(&[
                "fn half(x, y) { if x > y { return x / 2; } (x + y) / 2 }\n",
                "fn half(x, y) { let least = min(x, y); for z in [1, 2] { least += z * y; } least / 2 }\n",
                "fn half(x, y) { switch x { 0 => y, 1 | 2 => x, _ => x % 7 + y } }\n",
            ]));
        }
        if returns == ScriptReturns::Violations {
            text.push_str(&self.violations(draws));
            return text;
        }
        for _ in 0..draws.below(4) {
            text.push_str(&self.statement(draws, returns, size));
        }
        text.push_str(&self.result(draws, returns, size));
        text
    }

    fn result(&mut self, draws: &mut Draws, returns: ScriptReturns, size: Size) -> String {
        if returns == ScriptReturns::Condition {
            return self.truth(draws, 2);
        }
        let number = if self.variables.is_empty() || draws.chance(40) {
            self.number(draws, 3)
        } else {
            draws.pick(&self.variables)
        };
        match (size, draws.below(14)) {
            (_, 11..) => number,
            (Size::Percent, 0..=5) => format!("clamp({number}, 0, {})", draws.pick(&["10", "33.3", "50", "100"])),
            (Size::Percent, 6..=8) => format!("abs({number}) % 50"),
            (_, 9 | 10) => format!("if {} {{ {number} }} else {{ abs({number}) }}", self.truth(draws, 1)),
            (Size::Positive, 0..=4) => format!("max({number}, {})", draws.pick(&["0", "1", "0.333"])),
            _ => format!("round(abs({number}), {})", draws.pick(&["2", "0", "4", "6"])),
        }
    }

    fn statement(&mut self, draws: &mut Draws, returns: ScriptReturns, size: Size) -> String {
        match draws.below(14) {
            4 if !self.variables.is_empty() => self.assignment(draws),
            5 | 6 => {
                let condition = self.truth(draws, 1);
                let is_list = returns == ScriptReturns::Violations;
                let result = if is_list { "[]".to_owned() } else { self.result(draws, returns, size) };
                format!("if {condition} {{ return {result}; }}\n")
            }
            7 if draws.chance(50) => {
                let failure = draws.pick(&["throw \"not for this\";", "throw \"no\";", "loop { }"]);
                format!("if {} {{ {failure} }}\n", self.truth(draws, 1))
            }
            8 if !self.variables.is_empty() => {
                let condition = self.truth(draws, 1);
                let (first, second, third) = (self.assignment(draws), self.assignment(draws), self.truth(draws, 0));
                let other = self.assignment(draws);
                format!("if {condition} {{ {first} }} else if {third} {{ {second} }} else {{ {other} }}\n")
            }
            9 | 10 => self.over_lines(draws),
            11 => self.bounded(draws),
            12 => self.over_list(draws),
            _ => self.declaration(draws),
        }
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn declaration(&mut self, draws: &mut Draws) -> String {
        let number = match draws.below(5) {
            1 => {
                let (condition, yes, no) = (self.truth(draws, 1), self.number(draws, 1), self.number(draws, 1));
                format!("if {condition} {{ {yes} }} else {{ {no} }}")
            }
            2 => self.switch(draws),
            _ => self.number(draws, 2),
        };
        let name = self.name();
        if draws.chance(15) {
            self.variables.push(format!("{name}a"));
            return format!("const {name} = {number};\nlet {name}a = {name};\n");
        }
        self.variables.push(name.clone());
        format!("let {name} = {number};\n")
    }

    fn assignment(&mut self, draws: &mut Draws) -> String {
        let name = draws.pick(&self.variables);
        let number = self.number(draws, 1);
        let sign = draws.pick(&["=", "+=", "-=", "*=", "/=", "%="]);
        format!("{name} {sign} {number};\n")
    }

    /// A sum over the lines of the order.
    fn over_lines(&mut self, draws: &mut Draws) -> String {
        let (sum, each) = (self.name(), self.name());
        let outer = self.line.replace((each.clone(), self.sees == ScriptSees::Order));
        let (condition, number) = (self.truth(draws, 1), self.number(draws, 1));
        let stop = if draws.chance(20) { format!("if {sum} > 50 {{ break; }} ") } else { String::new() };
        self.line = outer;
        self.variables.push(sum.clone());
        format!(
            "let {sum} = 0;\nfor {each} in order.lines {{ if !({condition}) {{ continue; }} {stop}{sum} += {number}; }}\n"
        )
    }

    /// A loop that ends.
    fn bounded(&mut self, draws: &mut Draws) -> String {
        let (count, sum) = (self.name(), self.name());
        let number = self.number(draws, 1);
        self.variables.push(sum.clone());
        let head = format!("let {count} = 0;\nlet {sum} = 1;\n");
        let most = draws.pick(&["3", "1", "5", "2.5"]);
        let body = format!("{count} += 1; {sum} += {number} / {count};");
        let rest = match draws.below(3) {
            0 => format!("while {count} < {most} {{ {body} }}\n"),
            1 => format!("loop {{ {body} if {count} >= {most} {{ break; }} }}\n"),
            _ => format!("do {{ {body} }} while {count} < {most};\n"),
        };
        format!("{head}{rest}")
    }

    fn over_list(&mut self, draws: &mut Draws) -> String {
        let (list, sum, each) = (self.name(), self.name(), self.name());
        let (first, second) = (self.number(draws, 1), self.number(draws, 1));
        self.variables.push(sum.clone());
        let push = if draws.chance(50) { format!("{list}.push({second});\n") } else { String::new() };
        format!(
            "let {list} = [{first}, 2];\n{push}let {sum} = {list}.size();\nfor {each} in {list} {{ {sum} += {each}; }}\n"
        )
    }

    fn switch(&mut self, draws: &mut Draws) -> String {
        let numbers = [(); 3].map(|()| self.number(draws, 0));
        let [first, second, other] = numbers;
        if draws.chance(50) {
            let text = self.word(draws);
            return format!("switch {text} {{ \"s0\" => {first}, \"DE\" | \"pc\" => {second}, _ => {other} }}");
        }
        let number = self.number(draws, 0);
        format!("switch {number} {{ 1 => {first}, 2 | 2.5 => {second}, _ => {other} }}")
    }

    /// A number, nested so deep at most.
    fn number(&mut self, draws: &mut Draws, depth: usize) -> String {
        if depth == 0 || draws.chance(25) {
            return self.plain_number(draws);
        }
        let left = self.number(draws, depth - 1);
        match draws.below(18) {
            0..=6 => {
                let right = self.number(draws, depth - 1);
                let sign = draws.pick(&["+", "-", "*", "+", "*", "/", "%"]);
                format!("({left} {sign} {right})")
            }
            7 => format!("min({left}, {})", self.number(draws, depth - 1)),
            8 => format!("max({left}, {})", self.number(draws, depth - 1)),
            9 => format!("clamp({left}, 1, {})", draws.pick(&["10", "100", "2.5"])),
            10 => format!("{}({left})", draws.pick(&["floor", "ceiling", "abs"])),
            11 | 12 => {
                let places = if draws.chance(8) {
                    self.plain_number(draws)
                } else {
                    draws.pick(&["2", "0", "10", "1"]).to_owned()
                };
                format!("round({left}, {places}{})", mode(draws))
            }
            13 => {
                let increments = ["0.05", "1", "0.3", "7", "0.01"];
                let increment =
                    if draws.chance(15) { self.plain_number(draws) } else { draws.pick(&increments).to_owned() };
                format!("round_to({left}, {increment}{})", mode(draws))
            }
            14 => format!("(-{left})"),
            15 if self.has_function => format!("half({left}, {})", self.number(draws, depth - 1)),
            16 => {
                let (condition, other) = (self.truth(draws, depth - 1), self.plain_number(draws));
                format!("(if {condition} {{ {left} }} else {{ {other} }})")
            }
            // Never zero, so that most quotients are numbers.
            _ => format!("({left} / (1 + abs({})))", self.plain_number(draws)),
        }
    }

    fn plain_number(&mut self, draws: &mut Draws) -> String {
        let literal = |draws: &mut Draws| {
            let numbers = ["1", "10", "2.5", "0", "0.333", "100", "12.345", "0.01", "7", "50", "3.3333333333"];
            draws.pick(&numbers).to_owned()
        };
        match draws.below(16) {
            3 | 4 if !self.variables.is_empty() => draws.pick(&self.variables),
            5 | 6 => self.parameter(draws, ScriptParamKind::Number).unwrap_or_else(|| literal(draws)),
            7 => self.parameter(draws, ScriptParamKind::Index).unwrap_or_else(|| literal(draws)),
            8..=11 if self.line.is_some() => self.of_line(draws),
            12 | 13 => self.of_order(draws),
            14 => draws.pick(&["request.month", "request.day", "(request.year - 2000)"]).to_owned(),
            15 => draws
                .pick(&[
                    "buyer.groups.size()",
                    "size(buyer.lineage)",
                    "number(\"2.50\")",
                    "request.coupons.size()",
                    "number(text(1.50))",
                ])
                .to_owned(),
            _ => literal(draws),
        }
    }

    fn of_line(&mut self, draws: &mut Draws) -> String {
        let Some((line, has_amounts)) = self.line.clone() else { return "1".to_owned() };
        let unit = draws.pick(&self.words.units);
        match draws.below(if has_amounts { 16 } else { 9 }) {
            0 if self.has_function => format!("many({line})"),
            0..=2 => format!("{line}.quantity"),
            3 => format!("{line}.quantity_in(\"{unit}\")"),
            4 => {
                format!("(if {line}.converts_to(\"{unit}\") {{ {line}.quantity_in(\"{unit}\") }} else {{ 1 }})")
            }
            5 if draws.chance(60) => format!("{line}.cost"),
            5 | 6 => format!("(if {line}.has_cost {{ {line}.cost }} else {{ 2 }})"),
            7 => format!("{line}.prior_quantity"),
            8 => format!("{line}.prior_value"),
            9..=11 => format!("{line}.amount"),
            12 => format!("{line}.base"),
            13 => format!("{line}.list"),
            _ => format!("{line}.unit_price"),
        }
    }

    fn of_order(&mut self, draws: &mut Draws) -> String {
        let unit = draws.pick(&self.words.units);
        match draws.below(if self.sees == ScriptSees::Order { 8 } else { 4 }) {
            0 | 1 => "order.line_count".to_owned(),
            2 => "order.prior_quantity".to_owned(),
            3 => "order.prior_value".to_owned(),
            4..=6 => "order.total".to_owned(),
            _ => format!("order.quantity_in(\"{unit}\")"),
        }
    }

    fn parameter(&mut self, draws: &mut Draws, kind: ScriptParamKind) -> Option<String> {
        let of_kind = self.params.iter().filter(|(_, param)| param.kind == kind).map(|(name, _)| name);
        let names: Vec<&String> = of_kind.collect();
        (!names.is_empty()).then(|| format!("params.{}", draws.pick(&names)))
    }

    /// A condition, nested so deep at most.
    fn truth(&mut self, draws: &mut Draws, depth: usize) -> String {
        if depth > 0 && draws.chance(35) {
            let (left, right) = (self.truth(draws, depth - 1), self.truth(draws, depth - 1));
            return match draws.below(5) {
                0 | 1 => format!("({left} && {right})"),
                2 | 3 => format!("({left} || {right})"),
                _ => format!("!({left})"),
            };
        }
        match draws.below(12) {
            5 | 6 => self.of_goods(draws),
            7 => self.parameter(draws, ScriptParamKind::Condition).unwrap_or_else(|| "true".to_owned()),
            8 => {
                let (word, sign) = (self.word(draws), draws.pick(&["==", "!=", "<", ">="]));
                format!("{word} {sign} {}", self.word(draws))
            }
            9 => draws
                .pick(&[
                    "\"SPRING\" in request.coupons",
                    "\"VIP\" !in request.coupons",
                    "\"g0\" in buyer.groups",
                    "buyer.lineage.contains(\"o0\")",
                    "request.weekday in [\"sunday\", \"monday\"]",
                    "order.currency == \"EUR\"",
                ])
                .to_owned(),
            10 => {
                let (word, function) = (self.word(draws), draws.pick(&["starts_with", "ends_with", "contains"]));
                format!("{word}.{function}(\"{}\")", draws.pick(&["s", "1", "o", ""]))
            }
            11 => format!("{} in [1, 2.5, 10]", self.number(draws, 0)),
            _ => {
                let sign = draws.pick(&[">", "<", ">=", "<=", "==", "!="]);
                format!("{} {sign} {}", self.number(draws, 1), self.number(draws, 0))
            }
        }
    }

    fn of_goods(&mut self, draws: &mut Draws) -> String {
        let Some((line, _)) = self.line.clone() else { return "order.line_count > 1".to_owned() };
        match draws.below(4) {
            0 | 1 => format!("{line}.is_in(\"{}\")", draws.pick(&self.words.categories)),
            2 => format!("{line}.converts_to(\"{}\")", draws.pick(&self.words.units)),
            _ => format!("{line}.has_cost"),
        }
    }

    /// A text.
    fn word(&mut self, draws: &mut Draws) -> String {
        if let (Some((line, _)), true) = (self.line.clone(), draws.chance(60)) {
            return match draws.below(6) {
                0 | 1 => format!("{line}.sku"),
                2 => format!("{line}.category"),
                3 => format!("{line}.vendor"),
                4 => format!("{line}.unit"),
                _ if self.words.keys.is_empty() => format!("{line}.sku"),
                _ => format!("{line}.attributes[\"{}\"]", draws.pick(&self.words.keys)),
            };
        }
        match draws.below(10) {
            0 => self.parameter(draws, ScriptParamKind::Text).unwrap_or_else(|| "\"s1\"".to_owned()),
            1 => "request.region".to_owned(),
            2 => "request.channel".to_owned(),
            3 => "request.attributes[\"class\"]".to_owned(),
            4 => "buyer.organization".to_owned(),
            5 => format!("text({})", self.plain_number(draws)),
            6 => "(order.currency + \"-\")".to_owned(),
            _ => format!("\"{}\"", draws.pick(&["s0", "s1", "c0", "pc", "DE", "north", "3", "webshop", "a"])),
        }
    }

    /// What an order breaks.
    fn violations(&mut self, draws: &mut Draws) -> String {
        let (found, each) = (self.name(), self.name());
        let mut parts = vec![format!("let {found} = [];\n")];
        for _ in 0..draws.below(3) {
            parts.push(self.statement(draws, ScriptReturns::Violations, Size::Positive));
        }
        if !draws.chance(30) {
            self.line = Some((each.clone(), true));
            let (condition, limit) = (self.truth(draws, 1), self.number(draws, 1));
            let violation = match draws.below(3) {
                0 => format!("violation({each}, \"of \" + {each}.sku)"),
                _ => format!("violation({each}, \"too much\", {limit}, {each}.amount)"),
            };
            self.line = None;
            parts.push(format!("for {each} in order.lines {{ if {condition} {{ {found}.push({violation}); }} }}\n"));
        }
        if draws.chance(40) {
            let (condition, number) = (self.truth(draws, 1), self.number(draws, 1));
            let violation = draws.pick(&["violation(\"not so\")", "violation(\"too little\", 100, order.total)"]);
            parts.push(format!("if {condition} || {number} > 20 {{ push({found}, {violation}); }}\n"));
        }
        parts.push(found);
        parts.concat()
    }
}

/// A mode of rounding as the last argument, or none.
fn mode(draws: &mut Draws) -> String {
    let modes = ["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"];
    if draws.chance(50) { format!(", \"{}\"", draws.pick(&modes)) } else { String::new() }
}
