/* Streams and consumers on the broker. */
#include <stdio.h>

#include "../nats/link.h"
#include "wire.h"

#define NS_PER_S     INT64_C(1000000000)
#define MAX_AGE_S    (48 * 3600)
#define MIN_AGE_S    (24 * 3600)
#define MAX_BYTES    (INT64_C(1) << 28)
#define DUPLICATES_S 3600
#define ACK_WAIT_S   30
#define ACKS_PENDING 2048
#define WAIT_MS      5000

static m_status said(m_call *call, natsStatus s, jsErrCode code, const char *name)
{
    m_status status = m_nats_status(s);
    if (s == NATS_OK) return M_OK;
    if (status == M_TIMEOUT || status == M_UNAVAILABLE)
        return m_fail(call, m_err_unavailable, "the broker, for %s", name);
    return m_fail(call, m_err_internal, "the broker refuses %s: %s (%d)", name,
                  natsStatus_GetText(s), (int)code);
}

static m_status deploy_stream(jsCtx *js, m_call *call, const m_stream_plan *plan)
{
    char name[NATS_STREAM], subject[WIRE_SUBJECT];
    const char *subjects[] = {subject};
    jsStreamConfig config;
    jsErrCode code = 0;
    m_nats_stream(plan->producer, name);
    snprintf(subject, sizeof subject, "evt.%s.>", plan->producer);
    jsStreamConfig_Init(&config);
    int64_t age = plan->max_age_s > 0 ? plan->max_age_s : MAX_AGE_S;
    config.Name = name;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Retention = js_LimitsPolicy;
    config.Storage = js_FileStorage;
    config.Discard =
        js_DiscardOld; /* what is lost so is asked for; a full one must not stop the push */
    config.MaxAge = (age > MIN_AGE_S ? age : MIN_AGE_S) * NS_PER_S;
    config.MaxBytes = plan->max_bytes > 0 ? plan->max_bytes : MAX_BYTES;
    config.Duplicates = (plan->duplicates_s > 0 ? plan->duplicates_s : DUPLICATES_S) * NS_PER_S;
    config.Replicas = plan->replicas > 0 ? plan->replicas : 1;
    natsStatus s = js_AddStream(NULL, js, &config, NULL, &code);
    if (s != NATS_OK && code == JSStreamNameExistErr)
        s = js_UpdateStream(NULL, js, &config, NULL, &code);
    return said(call, s, code, name);
}

static m_status deploy_consumer(jsCtx *js, m_call *call, const char *producer, const char *consumer)
{
    char stream[NATS_STREAM];
    jsConsumerConfig config;
    jsErrCode code = 0;
    m_nats_stream(producer, stream);
    jsConsumerConfig_Init(&config);
    config.Durable = consumer;
    config.DeliverPolicy = js_DeliverAll;
    config.AckPolicy = js_AckExplicit;
    config.AckWait = ACK_WAIT_S * NS_PER_S;
    config.MaxAckPending = ACKS_PENDING;
    config.MaxDeliver = -1; /* the mark decides, not the broker */
    natsStatus s = js_AddConsumer(NULL, js, stream, &config, NULL, &code);
    return said(call, s, code, consumer);
}

static m_status jetstream(m_nats *link, m_call *call, const m_stream_plan *plan, jsCtx **out)
{
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = WAIT_MS;
    natsStatus s = natsConnection_JetStream(out, m_nats_connection(link), &options);
    return said(call, s, 0, plan->producer);
}

static m_status count_consumers(jsCtx *js, m_call *call, const m_stream_plan *plan, int64_t *out)
{
    char stream[NATS_STREAM];
    jsStreamInfo *info = NULL;
    jsErrCode code = 0;
    m_nats_stream(plan->producer, stream);
    natsStatus s = js_GetStreamInfo(&info, js, stream, NULL, &code);
    *out = s == NATS_OK ? info->State.Consumers : 0;
    jsStreamInfo_Destroy(info);
    return s == NATS_NOT_FOUND || code == JSStreamNotFoundErr ? M_OK : said(call, s, code, stream);
}

m_status m_stream_deployed(m_nats *link, m_call *call, const m_stream_plan *plan, bool *out)
{
    jsCtx *js = NULL;
    int64_t there = 0, wanted = 0;
    for (const char *const *c = plan->consumers; c && *c; c++)
        wanted++;
    m_status status = jetstream(link, call, plan, &js);
    if (status == M_OK) status = count_consumers(js, call, plan, &there);
    jsCtx_Destroy(js);
    if (status == M_OK) *out = there >= wanted && there > 0;
    return status;
}

m_status m_stream_deploy(m_nats *link, m_call *call, const m_stream_plan *plan)
{
    jsCtx *js = NULL;
    m_status status = jetstream(link, call, plan, &js);
    if (status == M_OK) status = deploy_stream(js, call, plan);
    for (const char *const *c = plan->consumers; status == M_OK && c && *c; c++)
        status = deploy_consumer(js, call, plan->producer, *c);
    jsCtx_Destroy(js);
    return status;
}
