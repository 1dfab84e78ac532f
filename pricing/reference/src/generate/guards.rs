//! Guards of products, entries and the tenant: about where prices are, so that they are met (R9).

use emptor_core::{Breach, Exact, Guards, RoleId, TenantGuards};

use super::draws::{Draws, decimal, named};

/// Who may approve.
pub(super) fn role(draws: &mut Draws) -> RoleId {
    named(RoleId::new(draws.pick(&["sales", "boss", "board"])))
}

/// Guards of a product or an entry: one bound or two.
pub(super) fn guards(draws: &mut Draws) -> Guards {
    let (breach, role) = breach(draws);
    let mut guards = Guards { breach, role, ..Guards::default() };
    for _ in 0..=draws.below(2) {
        match draws.below(7) {
            0 | 1 => guards.floor = Some(draws.small_amount()),
            2 => guards.discount_max = Some(draws.percent()),
            3 => guards.margin_min = Some(margin(draws)),
            4 => guards.map = Some(draws.small_amount()),
            _ => guards.ceiling = Some(draws.small_amount()),
        }
    }
    // A ceiling is not below the floors of the same document.
    let floors = [guards.floor, guards.map].into_iter().flatten().max();
    guards.ceiling = guards.ceiling.map(|ceiling| floors.map_or(ceiling, |floor| floor.max(ceiling)));
    guards
}

/// The tenant's guards, which count where goods state none.
pub(super) fn of_tenant(draws: &mut Draws) -> TenantGuards {
    let redistribute = draws.chance(65);
    // What one line's bound does not take, others do: so there is mostly a bound, and it is kept.
    let (breach, role) = if redistribute && draws.chance(60) { (Breach::Clamp, None) } else { breach(draws) };
    TenantGuards {
        margin_min: draws.chance(30).then(|| margin(draws)),
        discount_max: draws.chance(if redistribute { 75 } else { 40 }).then(|| draws.percent()),
        breach,
        role,
        redistribute,
    }
}

fn margin(draws: &mut Draws) -> Exact {
    decimal(draws.pick(&["20", "33.3333333333", "0", "5", "50", "99.99"]))
}

/// Mostly it clamps; what must be approved mostly has a role.
fn breach(draws: &mut Draws) -> (Breach, Option<RoleId>) {
    let breach = draws.pick(&[Breach::Clamp, Breach::ClampToBase, Breach::NeedsApproval, Breach::Reject]);
    let role = (breach == Breach::NeedsApproval && !draws.chance(25)).then(|| role(draws));
    (breach, role)
}
