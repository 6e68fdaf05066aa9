#include "core_internal.h"

static const m_field postal_fields[] = {
    M_F_STR(core_postal, line1, "Address", .max = 200),
    M_F_STR(core_postal, line2, "Address, second line", .max = 200),
    M_F_STR(core_postal, city, "City"),
    M_F_STR(core_postal, region, "State or province"),
    M_F_STR(core_postal, postal_code, "Postal code", .max = 20),
    M_F_STR(core_postal, country, "Country", .max = 60),
};
const m_type core_postal_type = {
    .name = "core.postal", .size = sizeof(core_postal), M_FIELDS(postal_fields)};

static const m_field contact_fields[] = {
    M_F_STR(core_contact, name, "Contact person"),
    M_F_STR(core_contact, title, "Title"),
    M_F_STR(core_contact, phone, "Phone", .max = 40),
    M_F_STR(core_contact, fax, "Fax", .max = 40),
    M_F_STR(core_contact, email, "E-mail", .max = 254),
    M_F_STR(core_contact, homepage, "Home page", .max = 500),
};
const m_type core_contact_type = {
    .name = "core.contact", .size = sizeof(core_contact), M_FIELDS(contact_fields)};

void core_check_email(m_call *call, m_str email, const char *path)
{
    if (email.n == 0) return;
    const char *at = memchr(email.p, '@', email.n);
    size_t before = at ? (size_t)(at - email.p) : 0;
    size_t after = at ? email.n - before - 1 : 0;
    bool ok = before > 0 && after > 0 && !memchr(at + 1, '@', after);
    for (size_t i = 0; ok && i < email.n; i++)
        ok = (unsigned char)email.p[i] > ' ';
    if (!ok) m_field_fail(call, m_err_form, m_str_of(path), "an e-mail address");
}
