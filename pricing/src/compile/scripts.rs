//! Scripts and their calls: texts, signatures and parameters (R13).

use std::collections::BTreeMap;

use emptor_core::limits::{AMOUNT_DECIMALS, AMOUNT_END};
use emptor_core::{
    DocumentKind, Exact, OnFailure, Place, Script, ScriptCall, ScriptId, ScriptLimits, ScriptParam, ScriptParamKind,
    ScriptReturns, ScriptSees,
};

use super::Builder;
use super::draft::is_price;
use crate::code::Code;
use crate::script::{Call, Param, Program, Scripts, Signature, scaled};

/// The scripts under way.
pub(super) struct ScriptDrafts<'d> {
    pub(super) scripts: Option<Scripts>,
    limits: ScriptLimits,
    /// By name: the document, and its program if its text is sound.
    known: BTreeMap<&'d ScriptId, (&'d Script, Option<u32>, bool)>,
}

/// Where a call stands, which says what may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallStand {
    pub(super) sees: ScriptSees,
    pub(super) returns: ScriptReturns,
    /// Whether it is a price, which cannot be skipped.
    pub(super) is_price: bool,
}

impl ScriptDrafts<'_> {
    pub(super) fn new() -> Self {
        Self { scripts: None, limits: ScriptLimits::DEFAULT, known: BTreeMap::new() }
    }

    /// Whether some script reads what the price lists alone give.
    pub(super) fn read_list(&self) -> bool {
        let programs = self.scripts.as_ref().map_or(&[][..], |scripts| &scripts.programs);
        programs.iter().any(Program::reads_list)
    }
}

impl<'d> Builder<'d> {
    /// Reads all scripts. What they may name has been read before.
    pub(super) fn read_scripts(&mut self, limits: ScriptLimits) {
        let documents = self.documents;
        if documents.scripts.is_empty() {
            return;
        }
        self.drafts.limits = limits;
        let mut scripts = Scripts::new(limits);
        for script in &documents.scripts {
            let place = Place::of(DocumentKind::Script, &script.script);
            if self.drafts.known.contains_key(&script.script) {
                let message = format!("two scripts are named `{}`", script.script);
                self.report.error(Code::Duplicate, &place, message, "rename one of them");
                continue;
            }
            self.check_params(script, &place);
            let program = self.texts(script, &mut scripts, &place);
            let number = program.map(|program| {
                scripts.programs.push(program);
                super::number(scripts.programs.len()).saturating_sub(1)
            });
            self.drafts.known.insert(&script.script, (script, number, false));
        }
        self.drafts.scripts = Some(scripts);
    }

    /// Checks every text of a script; the program of the one that counts.
    fn texts(&mut self, script: &'d Script, scripts: &mut Scripts, place: &Place) -> Option<Program> {
        let versions = script.versions.iter().enumerate();
        let of_versions =
            versions.map(|(index, version)| (version.text.as_str(), place.key("versions").index(index).key("text")));
        let of_text = script.text.iter().map(|text| (text.as_str(), place.key("text")));
        let texts: Vec<(&str, Place)> = of_text.chain(of_versions).collect();
        if texts.is_empty() || (script.text.is_some() && !script.versions.is_empty()) {
            let help = "write either `text`, or `versions` with a text each";
            self.report.error(Code::ScriptForm, place, "a script has no text, or two kinds of it", help);
            return None;
        }
        let mut times: Vec<_> = script.versions.iter().map(|version| version.recorded_at).collect();
        times.sort_unstable();
        if times.windows(2).any(|pair| pair.first() == pair.last()) {
            let help = "drop one of them, or give it the time when it was recorded";
            self.report.error(Code::ScriptForm, &place.key("versions"), "two versions were recorded at one time", help);
        }
        let counting = script.text_at(self.known_at);
        let mut program = None;
        for (text, place) in texts {
            let names = &self.names;
            let signature = Signature {
                sees: script.sees,
                returns: script.returns,
                params: &script.params,
                knows_unit: &|unit| names.units.find(unit).is_some(),
                knows_category: &|category| names.categories.find(category).is_some(),
            };
            match scripts.compile(&script.script, text, &signature) {
                Ok(compiled) if text == counting => program = Some(compiled),
                Ok(_) => {}
                Err(flaws) => {
                    for flaw in flaws {
                        let message = format!("{}: {}", flaw.spot.shown(), flaw.message);
                        self.report.error(flaw.code, &place, message, flaw.help);
                    }
                }
            }
        }
        program
    }

    fn check_params(&mut self, script: &Script, place: &Place) {
        for (name, param) in &script.params {
            let place = place.key("params");
            let is_name = name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
            if !is_name || name.len() > emptor_core::ID_BYTES_MAX {
                let message = format!("`{name}` is no name for a parameter");
                self.report.error(Code::ScriptForm, &place, message, "write small letters, digits and `_`");
            }
            let has_bounds = param.at_least.is_some() || param.below.is_some();
            if has_bounds && param.kind != ScriptParamKind::Number {
                let message = format!("`{name}` has bounds, and is no number");
                self.report.error(Code::ScriptForm, &place, message, "leave the bounds out");
            }
            if let Some(default) = &param.default {
                self.param(name, param, default, &place);
            }
        }
    }

    /// A parameter's value; `None` if it is none, which is reported.
    fn param(&mut self, name: &str, param: &ScriptParam, value: &str, place: &Place) -> Option<Param> {
        let wrong = |builder: &mut Self, message: String, help: &str| {
            builder.report.error(Code::ScriptParams, place, message, help);
            None
        };
        match param.kind {
            ScriptParamKind::Number => {
                let number = value.parse::<Exact>().ok().filter(|number| is_price(*number));
                let Some(number) =
                    number.filter(|number| scaled(number.to_decimal(), AMOUNT_DECIMALS, AMOUNT_END).is_ok())
                else {
                    let message = format!("`{name}` is `{value}`, and no number within the limits");
                    return wrong(self, message, "write a number of at most 18 digits, 10 of them decimals");
                };
                let too_low = param.at_least.is_some_and(|bound| number < bound);
                if too_low || param.below.is_some_and(|bound| number >= bound) {
                    let message = format!("`{name}` is {number}, which its script does not take");
                    return wrong(self, message, "keep to `at_least` and `below` of the parameter");
                }
                Some(Param::Number(number.to_decimal()))
            }
            ScriptParamKind::Text => {
                let longest = self.drafts.limits.string_bytes_max;
                if value.len() > longest {
                    let message = format!("`{name}` has more than {longest} bytes");
                    return wrong(self, message, "write a shorter text: a script cannot read this one");
                }
                Some(Param::Text(value.to_owned()))
            }
            ScriptParamKind::Condition => match value {
                "true" => Some(Param::Truth(true)),
                "false" => Some(Param::Truth(false)),
                _ => wrong(self, format!("`{name}` is `{value}`, and no condition"), "write true or false"),
            },
            ScriptParamKind::Index => {
                let table = self.documents.index_tables.iter().find(|table| table.index_table.as_str() == value);
                let Some(table) = table else {
                    self.unknown(place, "table of index values", value);
                    return None;
                };
                let values = self.index_values.get(&table.index_table).cloned().unwrap_or_default();
                Some(Param::Index(values, table.currency.unwrap_or(self.documents.tenant.currency)))
            }
        }
    }

    /// The use of a script; `None` if it cannot be used so, which is reported.
    pub(super) fn call(&mut self, call: &ScriptCall, stand: CallStand, place: &Place) -> Option<u32> {
        let Some((script, program, used)) = self.drafts.known.get_mut(&call.script) else {
            self.unknown(&place.key("script"), "script", call.script.as_str());
            return None;
        };
        *used = true;
        let (script, program) = (*script, *program);
        let sees = script.sees == stand.sees || (script.sees == ScriptSees::Goods && stand.sees == ScriptSees::Line);
        if !sees || script.returns != stand.returns {
            let message = format!("the script `{}` {}", call.script, shown(script.sees, script.returns));
            let help = format!("here one is wanted that {}", shown(stand.sees, stand.returns));
            self.report.error(Code::ScriptPlace, &place.key("script"), message, help);
        }
        self.check_failure(call.on_failure, stand, place);
        let mut params = BTreeMap::new();
        for (name, param) in &script.params {
            let place = place.key("params");
            match call.params.get(name).or(param.default.as_ref()) {
                Some(value) => params.extend(self.param(name, param, value, &place).map(|value| (name.clone(), value))),
                None => {
                    let message = format!("the parameter `{name}` is missing");
                    self.report.error(Code::ScriptParams, &place, message, "state it, or give it a default");
                }
            }
        }
        for name in call.params.keys().filter(|name| !script.params.contains_key(*name)) {
            let declared: Vec<&str> = script.params.keys().map(String::as_str).collect();
            let message = format!("the script has no parameter `{name}`");
            let help = format!("its parameters are: {}", declared.join(", "));
            self.report.error(Code::ScriptParams, &place.key("params"), message, help);
        }
        let scripts = self.drafts.scripts.as_mut()?;
        scripts.calls.push(Call { written: call.clone(), program: program?, params });
        Some(super::number(scripts.calls.len()).saturating_sub(1))
    }

    fn check_failure(&mut self, on_failure: OnFailure, stand: CallStand, place: &Place) {
        let fits = match on_failure {
            OnFailure::Reject => true,
            OnFailure::Skip => !stand.is_price,
            OnFailure::Value(value) => {
                stand.returns == ScriptReturns::Number
                    && is_price(value)
                    && scaled(value.to_decimal(), AMOUNT_DECIMALS, AMOUNT_END).is_ok()
                    && (stand.is_price || !value.is_negative())
            }
            OnFailure::Holds(_) => stand.returns == ScriptReturns::Condition,
        };
        if !fits {
            let help = "prices and numbers take `reject` or a `value` within the limits, conditions `reject`, `skip` or `holds`, rules also `skip`";
            let message = "this cannot happen where the script fails here";
            self.report.error(Code::ScriptPlace, &place.key("on_failure"), message, help);
        }
    }

    /// Warns of scripts that nothing uses.
    pub(super) fn lint_scripts(&mut self) {
        let unused: Vec<&ScriptId> =
            self.drafts.known.iter().filter(|(_, (.., used))| !used).map(|(id, _)| *id).collect();
        for id in unused {
            let place = Place::of(DocumentKind::Script, id);
            self.report.warning(Code::ScriptUnused, &place, "nothing uses this script", "use it, or take it out");
        }
    }
}

fn shown(sees: ScriptSees, returns: ScriptReturns) -> String {
    let sees = match sees {
        ScriptSees::Goods => "goods",
        ScriptSees::Line => "a line",
        ScriptSees::Order => "the order",
    };
    let returns = match returns {
        ScriptReturns::Number => "a number",
        ScriptReturns::Condition => "a condition",
        ScriptReturns::Violations => "violations",
    };
    format!("sees {sees} and returns {returns}")
}
