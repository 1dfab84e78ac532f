//! What a script reads by name: variables, and members of the line, the order and the rest that it sees.

use emptor_core::{ScriptParamKind, ScriptSees};

use super::Checker;
use crate::code::Code;
use crate::script::names::{self, Field, Input, Root, Type};
use crate::script::syntax::{Expression, ExpressionKind, Spot};

impl Checker<'_> {
    pub(super) fn unknown(&mut self, spot: Spot, name: &str) -> Type {
        let help = "declare it with `let`, or see what a script may read";
        self.flaw(Code::ScriptUnknownName, spot, format!("there is nothing named `{name}`"), help);
        Type::Any
    }

    pub(super) fn variable(&mut self, name: &str, spot: Spot) -> Type {
        if let Some((_, kind, _)) = self.variables.iter().rev().find(|(known, ..)| known == name) {
            return *kind;
        }
        match Root::of(name) {
            Some(Root::Line) if Root::Line.is_seen_by(self.signature.sees) && !self.in_function => {
                self.reads(Input::Whole);
                Type::Line
            }
            Some(root) if root.is_seen_by(self.signature.sees) && !self.in_function => {
                let members = self.members(root);
                self.flaw(Code::ScriptUnknownName, spot, format!("`{name}` is read by a member of it"), members);
                Type::Any
            }
            _ => self.unknown(spot, name),
        }
    }

    fn members(&self, root: Root) -> String {
        let members = root.members(self.signature.sees);
        let declared: Vec<&str> = self.signature.params.keys().map(String::as_str).collect();
        format!("name one of {}", if root == Root::Params { declared.join(", ") } else { members.join(", ") })
    }

    /// The root that an expression is, unless a variable has its name.
    fn root(&mut self, of: &Expression) -> Option<Root> {
        let ExpressionKind::Variable(name) = &of.kind else { return None };
        if self.variables.iter().any(|(known, ..)| known == name) {
            return None;
        }
        Root::of(name)
    }

    pub(super) fn member(&mut self, of: &Expression, name: &str, key: Option<&str>, spot: Spot) -> Type {
        if let Some(root) = self.root(of) {
            return self.read(root, name, key, spot);
        }
        match self.value(of) {
            Type::Line => self.field(name, key, spot),
            Type::Any => {
                // What it is, is known when it runs; a line is the only thing that has members.
                self.found.fields.extend(Field::of(name, key).filter(|field| !self.found.fields.contains(field)));
                Type::Any
            }
            other => {
                let help = "what has members are line, order, buyer, request, params and each of order.lines";
                let message = format!("{} has no member `{name}`", other.shown());
                self.flaw(Code::ScriptUnknownName, spot, message, help);
                Type::Any
            }
        }
    }

    /// A member of what the script is given.
    fn read(&mut self, root: Root, name: &str, key: Option<&str>, spot: Spot) -> Type {
        if self.in_function {
            let help = "pass it to the function as an argument";
            self.flaw(Code::ScriptUnknownName, spot, "a function sees its arguments and nothing else", help);
            return Type::Any;
        }
        let input = Input::of(root, name, key).filter(|input| input.is_seen_by(self.signature.sees));
        let kind = match (&input, root) {
            (Some(Input::Param(name)), _) => match self.signature.params.get(name).map(|param| param.kind) {
                Some(ScriptParamKind::Number | ScriptParamKind::Index) => Some(Type::Number),
                Some(ScriptParamKind::Text) => Some(Type::Text),
                Some(ScriptParamKind::Condition) => Some(Type::Truth),
                None => None,
            },
            (Some(input), _) => Some(input.kind()),
            (None, _) => None,
        };
        let (Some(input), Some(kind)) = (input, kind) else {
            let members = self.members(root);
            self.flaw(Code::ScriptUnknownName, spot, format!("this script reads no `{name}` here"), members);
            return Type::Any;
        };
        self.known_key(name, key, spot);
        self.reads(input);
        kind
    }

    fn reads(&mut self, input: Input) {
        if !self.found.inputs.contains(&input) {
            self.found.inputs.push(input);
        }
    }

    /// A member of one of the order's lines.
    fn field(&mut self, name: &str, key: Option<&str>, spot: Spot) -> Type {
        let has_amounts = self.signature.sees == ScriptSees::Order;
        let Some(field) = Field::of(name, key).filter(|field| has_amounts || !field.is_amount()) else {
            let sees = if has_amounts { ScriptSees::Line } else { ScriptSees::Goods };
            let help = format!("name one of {}", Root::Line.members(sees).join(", "));
            self.flaw(Code::ScriptUnknownName, spot, format!("a line has no `{name}` here"), help);
            return Type::Any;
        };
        self.known_key(name, key, spot);
        let kind = field.kind();
        if !self.found.fields.contains(&field) {
            self.found.fields.push(field);
        }
        kind
    }

    /// Reports a unit or a category that no document has.
    fn known_key(&mut self, name: &str, key: Option<&str>, spot: Spot) {
        let Some(key) = key else { return };
        let (known, what) = match name {
            "is_in" => ((self.signature.knows_category)(key), "category"),
            "quantity_in" | "converts_to" => ((self.signature.knows_unit)(key), "unit of any product"),
            _ => return,
        };
        if !known {
            let message = format!("there is no {what} named `{key}`");
            self.flaw(Code::ScriptUnknownName, spot, message, "check the name, or add it to the catalog");
        }
    }

    pub(super) fn key(&mut self, of: &Expression, key: &Expression, spot: Spot) -> Type {
        let (ExpressionKind::Member { of: holder, name }, ExpressionKind::Text(key)) = (&of.kind, &key.kind) else {
            let help = "go through a list with `for`; read an attribute as `line.attributes[\"colour\"]`";
            self.flaw(Code::ScriptLanguage, spot, "brackets are for attributes, with a literal key", help);
            return Type::Any;
        };
        if !names::is_keyed(name) {
            let message = format!("`{name}` is not read by brackets");
            self.flaw(Code::ScriptLanguage, spot, message, format!("write {name}(\"{key}\"), if it takes a name"));
            return Type::Any;
        }
        self.member(holder, name, Some(key), spot)
    }
}
