//! What the quotes of the bundled requests say of discounts, surcharges, tax and order rules.

use crate::scratch::{Scratch, WHOLESALE};

/// The quote of a bundled request.
fn quote(rfq: &str, options: &str) -> String {
    let arguments = format!("quote --book {WHOLESALE} --rfq {WHOLESALE}/rfq/{rfq} {options}");
    Scratch::new("rules", &[]).run(&arguments).fine()
}

/// The part of a quote from one text to another.
fn part<'q>(quote: &'q str, from: &str, to: &str) -> &'q str {
    let start = quote.find(from).unwrap_or_else(|| panic!("`{from}` is not in: {quote}"));
    let rest = quote.get(start..).unwrap_or_default();
    rest.find(to).and_then(|end| rest.get(..end)).unwrap_or_else(|| panic!("`{to}` is not in: {rest}"))
}

const BUNDLED: &str = "\
Sums
  goods          4673.88
  order-discount  -61.21  Discount on the order (order-value): 2 % off 3060.25
  coupon          -25.00  Voucher SPRING25 (voucher-spring-25): 25.00 off
  freight           0.00  49.00; Free delivery (free-freight): 100 % off 49.00
  packaging        18.50  pallet
  without tax    4606.17
  tax 7 %           3.91  of 55.88, reduced (S)
  tax 19 %        864.56  of 4550.29, standard (S)
  tax             868.47  in all
  with tax       5474.64
  paid           -500.00  on account
  to pay         4974.64  EUR
  bonus           -61.31  apart: Loyalty bonus of the year (loyalty-bonus)

Needs approval
  order                 the discount of the order must be approved: 8.39 %, from 8 %
                        by sales-lead (order rule approvals)

Please note
  line 4, ANCH-M12X110  not a multiple of the order increment: 4.5 box, in steps of 1 box
                        order 5 box instead of 90 pc (order rule anchors-in-boxes)

At the next price break
  line 2, BOLT-M10X60  order 10 pc more (200 pc): the line comes to 41.60 instead of 48.11; the order is 7.59 less

";

const GUARDED: &str = "\
line 10: TORQUE-200, 2 pc
  price      228.92  contract contoso-frame, version 3, of contoso
                     114.46 / pc from 1000.00 EUR
                     counted 4984.37 EUR over all lines
  promotion   -9.16  Dealer weeks (dealer-weeks): 4 % off 228.92
  by-hand    -12.00  by hand, boxes dented: 12.00 off
  guard       13.53  set to the floor of the product: 216.00 after its share of the document's discounts
  net        221.29  EUR
  document    -5.29  its share of order-discount -4.16, coupon -1.13
  bonus       -4.32  apart: Loyalty bonus of the year (loyalty-bonus): 2 % of 216.00

";

#[test]
fn the_bundled_quote_shows_everything_that_acted() {
    let quote = quote("rfq.json", "");
    assert_eq!(part(&quote, "Sums", "\nHow the lines were priced"), BUNDLED);
    assert_eq!(part(&quote, "line 10: ", "line 11: "), GUARDED);
    for expected in [
        "\ngift  TAPE-5M         Pocket tape measure class II 5 m ",
        "\n  metal       37.15  Copper surcharge (copper-in-cable): the index is at 9.46\n",
        "\n  fuel        11.74  Fuel surcharge (diesel): the index is at 1.613, on 978.52\n",
        "\n  contract    -2.49  contract contoso-frame, version 3, term 22: 5 % off 49.80\n",
        "\n  promotion  -14.19  Clearance (clearance-wrench): 30 % off 47.31\n",
        "\n  bundle     -21.71  3 for 2 on pliers (three-pliers-for-two)\n",
        "\n  bundle      -1.74  Drills and bits together (drills-and-bits): a share of -5.04\n",
    ] {
        assert!(quote.contains(expected), "{expected}: {quote}");
    }
}

#[test]
fn why_shows_the_rules_that_did_not_act() {
    let quote = quote("rfq.json", "--detail why");
    for expected in [
        "\n  skipped      -8.48  Dealer weeks (dealer-weeks) in promotion: another was chosen; it would have been this\n",
        "\n  skipped      -1.89  Dealer weeks (dealer-weeks) in promotion: another acts alone; it would have been this\n",
        "\nall lines\n  skipped          Surcharge for small orders (small-order) in small-order: asks for another order value \
         (when.order_value)\n",
    ] {
        assert!(quote.contains(expected), "{expected}: {quote}");
    }
}

#[test]
fn what_must_be_mended_is_told_with_the_numbers_and_the_fix() {
    let expected = "\
Must be changed before the order can be placed
  line 7, TORQUE-200      what was adjusted by hand does not count
                          ask somebody who may
  line 4, CLN-DEGR-5L     these goods must not be ordered together, with line 3, CLN-IPA-5L
                          take the line out (order rule hazard-in-one-parcel)
  line 1, DRL-SDS-8X160   less than the minimum order quantity: 3 pc, at least 5 pc
                          order 5 pc instead of 3 (order rule drills-minimum)
  line 2, DISC-CUT-125X1  not a multiple of the order increment: 60 pc, in steps of 25 pc
                          order 75 pc instead of 60 (order rule discs-in-cans)
  order                   beyond the credit limit: 6018.57 EUR, at most 5000.00 EUR
                          pay 1018.57 EUR on account, or take goods for it out (credit of werft-hansen)

Needs approval
  line 6, CU-TUBE-15X1    the price is below its floor: 195.00 EUR, at least 224.42 EUR
                          by head-of-sales (guard of price list floor-copper, version 1)
  line 6, CU-TUBE-15X1    the margin is below the least: 195.00 EUR, at least 213.92 EUR
                          by head-of-sales (guard of the seller)

Please note
  order                   no promotion knows this coupon: SPRING26
                          check the code

";
    let quote = quote("rfq-to-be-mended.json", "");
    assert_eq!(part(&quote, "Must be changed", "At the next price break"), expected);
}

#[test]
fn prices_with_tax_show_the_tax_that_is_inside() {
    let expected = "\
All amounts are in EUR; those of the lines are with tax.

Sums
  goods       337.30  without the tax that is inside
  parcel        4.96
  without tax 342.26
  tax 7 %       1.96  of 27.94, reduced (S)
  tax 19 %     59.72  of 314.32, standard (S)
  tax          61.68  in all
  to pay      403.94  EUR, with tax

";
    let quote = quote("rfq-consumer.json", "");
    assert_eq!(part(&quote, "All amounts", "\nHow the lines were priced"), expected);
    assert!(
        quote.contains("\n  promotion  -20.00  Hand tools in May (webshop-may): 10 % off 227.40, as far as it goes\n"),
        "{quote}"
    );
    assert!(quote.contains("\n  tax        -33.12  that is inside\n"), "{quote}");
}

#[test]
fn cash_is_rounded_to_the_coin() {
    let expected = "\
Sums
  goods      297.27
  tax 0 %      0.00  of 297.27, standard (G): export
  with tax   297.27
  rounding    -0.02  to the coin
  to pay     297.25  CHF

";
    assert_eq!(part(&quote("rfq-cash.json", ""), "Sums", "Must be changed"), expected);
}

#[test]
fn the_order_that_closes_a_commitment_is_raised_to_it() {
    let quote = quote("rfq-project-end.json", "");
    for expected in [
        "\n  commitment   447.61  the commitment of contract baltic-project\n",
        "of 19849.25, standard (K): intra-community supply, the buyer accounts for the tax\n",
        "take the line out (order rule baltic-assortment)\n",
    ] {
        assert!(quote.contains(expected), "{expected}: {quote}");
    }
}
