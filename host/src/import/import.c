#include "import_internal.h"

m_status import_run(const import_config *config, m_call *call, const import_request *request,
                    import_summary *out)
{
    import_job job = {.config = config,
                      .request = request,
                      .call = call,
                      .csv = {.text = request->text},
                      .links = {.arena = call->arena},
                      .codes = {.arena = call->arena},
                      .copies = {.arena = call->arena},
                      .batch = m_new_id(call)};
    if (request->text.n > IMPORT_BYTES_MAX)
        return m_fail(call, m_err_range, "at most %u MB", IMPORT_BYTES_MAX >> 20);
    M_TRY(job_collection(&job));
    M_TRY(job_columns(&job));
    M_TRY(job_survey(&job));
    m_status status = job_load(&job);
    if (job.batch_stored) job.summary.batch = job.batch;
    *out = job.summary;
    return status;
}
