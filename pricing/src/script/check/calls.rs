//! What a script calls: functions of the language and its own.

use super::Checker;
use crate::code::Code;
use crate::script::functions;
use crate::script::names::{self, Type};
use crate::script::syntax::{Expression, ExpressionKind, Function, Spot};

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &str, arguments: &[Expression], is_method: bool, spot: Spot) -> Type {
        if let ([of, key], true) = (arguments, is_method && names::is_called(name)) {
            let ExpressionKind::Text(key) = &key.kind else {
                let message = format!("`{name}` takes a literal text");
                self.flaw(Code::ScriptLanguage, key.spot, message, "write the name itself, in quotes");
                return Type::Any;
            };
            return self.member(of, name, Some(key), spot);
        }
        let kinds: Vec<Type> = arguments.iter().map(|argument| self.value(argument)).collect();
        // To Rhai, a method of the script's own has what it is a method of as `this`, and no argument for it.
        let is_own = |own: &Function| {
            let taken = own.params.len();
            taken == arguments.len() || (is_method && taken.saturating_add(1) == arguments.len())
        };
        if self.functions.iter().any(|own| own.name == name && is_own(own)) {
            if is_method {
                let message = format!("`{name}` is the script's own function, and no method");
                self.flaw(Code::ScriptLanguage, spot, message, format!("write {name}(...)"));
            }
            return Type::Any;
        }
        self.known_mode(name, arguments, spot);
        let fits =
            |given: Type, taken: Type| given == taken || matches!(given, Type::Any | Type::Never) || taken == Type::Any;
        let mut named = functions::ALL.iter().filter(|known| known.name == name).peekable();
        if named.peek().is_none() {
            let message = format!("there is no function `{name}`");
            self.flaw(Code::ScriptUnknownName, spot, message, "see the functions of the language of scripts");
            return Type::Any;
        }
        let found = named.find(|known| {
            known.takes.len() == kinds.len() && kinds.iter().zip(known.takes).all(|(given, taken)| fits(*given, *taken))
        });
        if let Some(found) = found {
            return found.gives;
        }
        let given: Vec<&str> = kinds.iter().map(|kind| kind.shown()).collect();
        let help = "see the functions of the language of scripts for what it takes";
        self.flaw(Code::ScriptTypes, spot, format!("`{name}` does not take ({})", given.join(", ")), help);
        Type::Any
    }

    fn known_mode(&mut self, name: &str, arguments: &[Expression], spot: Spot) {
        let ("round" | "round_to", [_, _, mode]) = (name, arguments) else { return };
        if let ExpressionKind::Text(mode) = &mode.kind
            && functions::mode(mode).is_none()
        {
            let help = "write one of half_up, half_even, half_down, up, down, ceiling, floor";
            self.flaw(Code::ScriptUnknownName, spot, format!("there is no rounding mode `{mode}`"), help);
        }
    }
}
