#include "finance/finance.h"

#define CHARGES_MAX 1000u
#define LINES_MAX   10000u
#define HUNDRED     (100 * M_DEC_ONE)

typedef __int128 wide;

/* ---- rounding of wide quotients ---- */

static wide round_quotient(wide value, wide by, m_rounding how)
{
    wide whole = value / by;
    wide rest = value % by;
    if (rest == 0) return whole;
    int away = value < 0 ? -1 : 1;
    wide twice = rest < 0 ? -2 * rest : 2 * rest;
    bool up;
    switch (how) {
    case M_ROUND_HALF_UP:
        up = twice >= by;
        break;
    case M_ROUND_HALF_EVEN:
        up = twice > by || (twice == by && whole % 2 != 0);
        break;
    case M_ROUND_UP:
        up = true;
        break;
    case M_ROUND_FLOOR:
        up = away < 0;
        break;
    case M_ROUND_CEILING:
        up = away > 0;
        break;
    default:
        up = false;
        break;
    }
    return up ? whole + away : whole;
}

m_status fin_round_to(m_dec total, m_dec unit, m_rounding how, m_dec *out)
{
    if (unit.u <= 0) return M_INVALID;
    wide rounded = round_quotient(total.u, unit.u, how) * unit.u;
    return m_dec_of_sum(rounded, out);
}

/* value ÷ by in micro-units, rounded to places. */
static m_status round_wide(wide value, wide by, int places, m_rounding how, m_dec *out)
{
    int64_t unit = 1;
    for (int i = places; i < M_DEC_SCALE; i++)
        unit *= 10;
    return m_dec_of_sum(round_quotient(value, by * unit, how) * unit, out);
}

static m_status add_to(m_dec *sum, m_dec part)
{
    return m_dec_add(*sum, part, sum);
}

/* ---- the computation ---- */

typedef struct {
    const fin_tax_input *in;
    fin_tax_result out;
    bool *done;     /* per line: its included charges are taken out */
    m_dec *weights; /* scratch, per line */
    m_dec *parts;   /* scratch, per line */
    m_dec *extra;   /* per line: charges that are in the base of later ones */
} work;

static m_dec rate_of(const fin_charge *charge, uint32_t line)
{
    return charge->line_rates ? charge->line_rates[line] : charge->rate;
}

static bool is_percent(m_dec value)
{
    return value.u >= 0 && value.u <= HUNDRED;
}

static bool charge_makes_sense(const fin_tax_input *in, uint32_t at)
{
    const fin_charge *charge = &in->charges[at];
    bool on_row = charge->basis == FIN_ON_ROW_AMOUNT || charge->basis == FIN_ON_ROW_TOTAL;
    if (on_row && charge->row >= at) return false;
    if (charge->rows > (on_row ? charge->row + 1 : 0)) return false;
    if (charge->included && (charge->basis != FIN_ON_NET || charge->deduct)) return false;
    if (charge->line_rates && charge->basis != FIN_ON_NET) return false;
    if ((charge->basis == FIN_PER_LINE) != (charge->line_amounts != NULL)) return false;
    if (charge->adds_to_base && !charge->line_rates && !charge->line_amounts) return false;
    if (charge->included && (charge->adds_to_base || charge->self_assessed)) return false;
    for (uint32_t i = 0; charge->line_amounts && i < in->line_count; i++)
        if (charge->line_amounts[i].u < 0 || !m_dec_fits(charge->line_amounts[i], in->places))
            return false;
    if (charge->rate.u < 0 || charge->amount.u < 0) return false;
    for (uint32_t i = 0; charge->line_rates && i < in->line_count; i++)
        if (charge->line_rates[i].u < 0) return false;
    return is_percent(charge->not_recoverable) && m_dec_fits(charge->amount, in->places);
}

static m_status check_input(const fin_tax_input *in)
{
    if (in->places < 0 || in->places > M_DEC_SCALE) return M_INVALID;
    if (in->line_count > LINES_MAX || in->charge_count > CHARGES_MAX) return M_INVALID;
    if (in->round_to.u < 0 || in->net_discount.u < 0) return M_INVALID;
    for (uint32_t i = 0; i < in->line_count; i++)
        if (in->amounts[i].u < 0 || !m_dec_fits(in->amounts[i], in->places)) return M_INVALID;
    for (uint32_t c = 0; c < in->charge_count; c++) {
        if (!charge_makes_sense(in, c)) return M_INVALID;
        if (in->charges[c].included && in->net_discount.u) return M_INVALID;
    }
    return M_OK;
}

static m_status prepare(m_arena *arena, const fin_tax_input *in, work *w)
{
    *w = (work){.in = in};
    w->out.net = m_arena_array(arena, in->line_count, sizeof(m_dec));
    w->out.cost = m_arena_array(arena, in->line_count, sizeof(m_dec));
    w->done = m_arena_array(arena, in->line_count, sizeof(bool));
    w->weights = m_arena_array(arena, in->line_count, sizeof(m_dec));
    w->parts = m_arena_array(arena, in->line_count, sizeof(m_dec));
    w->extra = m_arena_array(arena, in->line_count, sizeof(m_dec));
    w->out.taxable = m_arena_array(arena, in->charge_count, sizeof(m_dec));
    w->out.tax = m_arena_array(arena, in->charge_count, sizeof(m_dec));
    w->out.recoverable = m_arena_array(arena, in->charge_count, sizeof(m_dec));
    w->out.running = m_arena_array(arena, in->charge_count, sizeof(m_dec));
    bool all = w->out.net && w->out.cost && w->done && w->weights && w->parts && w->extra &&
               w->out.taxable && w->out.tax && w->out.recoverable && w->out.running;
    return all ? M_OK : M_NOMEM;
}

/* Do both lines carry the same included charges? */
static bool same_included(const fin_tax_input *in, uint32_t a, uint32_t b)
{
    for (uint32_t c = 0; c < in->charge_count; c++) {
        const fin_charge *charge = &in->charges[c];
        if (charge->included && rate_of(charge, a).u != rate_of(charge, b).u) return false;
    }
    return true;
}

/* The taxes contained in `gross` of lines like `line`: base first, the last charge takes the rest.
 */
static m_status take_out(work *w, uint32_t line, m_dec gross, m_dec *out_net)
{
    const fin_tax_input *in = w->in;
    m_dec whole = {HUNDRED};
    uint32_t last = in->charge_count;
    for (uint32_t c = 0; c < in->charge_count; c++) {
        if (!in->charges[c].included || rate_of(&in->charges[c], line).u == 0) continue;
        M_TRY(add_to(&whole, rate_of(&in->charges[c], line)));
        last = c;
    }
    m_dec net;
    M_TRY(m_dec_mul_div(gross, (m_dec){HUNDRED}, whole, in->places, in->rounding, &net));
    m_dec left = {gross.u - net.u};
    for (uint32_t c = 0; c < in->charge_count; c++) {
        const fin_charge *charge = &in->charges[c];
        m_dec rate = rate_of(charge, line);
        if (!charge->included || rate.u == 0) continue;
        m_dec tax = left;
        if (c != last) {
            M_TRY(m_dec_mul_div(gross, rate, whole, in->places, in->rounding, &tax));
            if (tax.u > left.u) tax = left; /* two halves of one cent */
        }
        left.u -= tax.u;
        M_TRY(add_to(&w->out.tax[c], tax));
        M_TRY(add_to(&w->out.taxable[c], net));
    }
    *out_net = net;
    return M_OK;
}

/* Lines with the same included charges are one pool unless rounding is per line. */
static m_status take_out_pool(work *w, uint32_t first)
{
    const fin_tax_input *in = w->in;
    m_dec gross = {0};
    for (uint32_t i = 0; i < in->line_count; i++) {
        bool member = i == first || (!in->per_line && !w->done[i] && same_included(in, first, i));
        w->weights[i] = member ? in->amounts[i] : (m_dec){0};
        if (!member) continue;
        w->done[i] = true;
        M_TRY(add_to(&gross, in->amounts[i]));
    }
    if (gross.u == 0) return M_OK;
    m_dec net;
    M_TRY(take_out(w, first, gross, &net));
    M_TRY(m_money_split(net, in->places, w->weights, in->line_count, w->parts));
    for (uint32_t i = 0; i < in->line_count; i++)
        w->out.net[i].u += w->parts[i].u; /* the others got zero */
    return M_OK;
}

static m_status compute_net(work *w)
{
    const fin_tax_input *in = w->in;
    bool any_included = false;
    for (uint32_t c = 0; c < in->charge_count; c++)
        any_included |= in->charges[c].included;
    for (uint32_t i = 0; i < in->line_count; i++) {
        if (!any_included)
            w->out.net[i] = in->amounts[i];
        else if (!w->done[i])
            M_TRY(take_out_pool(w, i));
    }
    if (in->net_discount.u) {
        M_TRY(m_money_split(in->net_discount, in->places, in->amounts, in->line_count, w->parts));
        for (uint32_t i = 0; i < in->line_count; i++) {
            w->out.net[i].u -= w->parts[i].u;
            if (w->out.net[i].u < 0) return M_INVALID;
        }
    }
    for (uint32_t i = 0; i < in->line_count; i++)
        M_TRY(add_to(&w->out.net_total, w->out.net[i]));
    return M_OK;
}

static m_status charge_on_net(work *w, uint32_t at)
{
    const fin_tax_input *in = w->in;
    const fin_charge *charge = &in->charges[at];
    wide sum = 0;
    m_dec tax = {0};
    m_dec taxable = {0};
    for (uint32_t i = 0; i < in->line_count; i++) {
        m_dec rate = rate_of(charge, i);
        m_dec base = w->out.net[i];
        if (rate.u == 0) continue;
        if (charge->line_rates) M_TRY(add_to(&base, w->extra[i]));
        M_TRY(add_to(&taxable, base));
        wide product = (wide)base.u * rate.u;
        sum += product;
        m_dec part;
        M_TRY(round_wide(product, HUNDRED, in->places, in->rounding, &part));
        M_TRY(add_to(&tax, part));
        if (charge->adds_to_base) M_TRY(add_to(&w->extra[i], part));
    }
    if (!in->per_line) M_TRY(round_wide(sum, HUNDRED, in->places, in->rounding, &tax));
    w->out.tax[at] = tax;
    w->out.taxable[at] = taxable;
    return M_OK;
}

static m_status charge_per_line(work *w, uint32_t at)
{
    const fin_charge *charge = &w->in->charges[at];
    for (uint32_t i = 0; i < w->in->line_count; i++) {
        if (charge->line_amounts[i].u == 0) continue;
        M_TRY(add_to(&w->out.tax[at], charge->line_amounts[i]));
        M_TRY(add_to(&w->out.taxable[at], w->out.net[i]));
        if (charge->adds_to_base) M_TRY(add_to(&w->extra[i], charge->line_amounts[i]));
    }
    return M_OK;
}

static m_status charge_amount(work *w, uint32_t at)
{
    const fin_tax_input *in = w->in;
    const fin_charge *charge = &in->charges[at];
    if (charge->basis == FIN_ACTUAL) {
        w->out.tax[at] = charge->amount;
        return M_OK;
    }
    if (charge->basis == FIN_PER_LINE) return charge_per_line(w, at);
    if (charge->basis == FIN_ON_NET) return charge->included ? M_OK : charge_on_net(w, at);
    m_dec on = {0};
    uint32_t rows = charge->rows ? charge->rows : 1;
    if (charge->basis == FIN_ON_ROW_TOTAL)
        on = w->out.running[charge->row];
    else
        for (uint32_t i = 0; i < rows; i++)
            M_TRY(add_to(&on, w->out.tax[charge->row - i]));
    w->out.taxable[at] = on;
    return m_dec_mul_div(on, charge->rate, (m_dec){HUNDRED}, in->places, in->rounding,
                         &w->out.tax[at]);
}

/* The part that cannot be reclaimed goes to the lines that caused it. */
static m_status spread_cost(work *w, uint32_t at)
{
    const fin_tax_input *in = w->in;
    const fin_charge *charge = &in->charges[at];
    m_dec lost;
    M_TRY(m_dec_mul_div(w->out.tax[at], charge->not_recoverable, (m_dec){HUNDRED}, in->places,
                        in->rounding, &lost));
    w->out.recoverable[at] = (m_dec){w->out.tax[at].u - lost.u};
    if (lost.u == 0) return M_OK;
    bool any = false;
    for (uint32_t i = 0; i < in->line_count; i++) {
        m_dec rate = charge->basis == FIN_ON_NET ? rate_of(charge, i) : (m_dec){HUNDRED};
        M_TRY(m_dec_mul_div(w->out.net[i], rate, (m_dec){HUNDRED}, M_DEC_SCALE, M_ROUND_HALF_UP,
                            &w->weights[i]));
        if (charge->line_amounts) w->weights[i] = charge->line_amounts[i];
        any |= w->weights[i].u != 0;
    }
    for (uint32_t i = 0; !any && i < in->line_count; i++)
        w->weights[i] = m_dec_of_int(1);
    M_TRY(m_money_split(charge->deduct ? m_dec_neg(lost) : lost, in->places, w->weights,
                        in->line_count, w->parts));
    for (uint32_t i = 0; i < in->line_count; i++)
        M_TRY(add_to(&w->out.cost[i], w->parts[i]));
    return M_OK;
}

m_status fin_tax_compute(m_arena *arena, const fin_tax_input *in, fin_tax_result *out)
{
    work w;
    M_TRY(check_input(in));
    M_TRY(prepare(arena, in, &w));
    M_TRY(compute_net(&w));
    m_dec total = w.out.net_total;
    for (uint32_t c = 0; c < in->charge_count; c++) {
        M_TRY(charge_amount(&w, c));
        M_TRY(spread_cost(&w, c));
        m_dec effect = in->charges[c].deduct ? m_dec_neg(w.out.tax[c]) : w.out.tax[c];
        if (in->charges[c].self_assessed) effect = (m_dec){0};
        M_TRY(add_to(&total, effect));
        M_TRY(add_to(&w.out.tax_total, effect));
        w.out.running[c] = total;
    }
    w.out.grand_total = total;
    w.out.rounded_total = total;
    if (in->round_to.u)
        M_TRY(fin_round_to(total, in->round_to, in->round_to_how, &w.out.rounded_total));
    w.out.adjustment = (m_dec){w.out.rounded_total.u - total.u};
    *out = w.out;
    return M_OK;
}
