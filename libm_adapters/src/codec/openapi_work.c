/* What the OpenAPI document says of work that takes longer than a request: proof and import. */
#include "openapi_work.h"

static const char prove_json[] =
    "{\"post\":{\"operationId\":\"core.prove.ask\",\"tags\":[\"core\"],"
    "\"summary\":\"Prove: do the books hold?\","
    "\"description\":\"Begins; ask GET with the id of the answer until it is over. "
    "Administrators only.\",\"responses\":{\"202\":{\"description\":\"It waits or runs\","
    "\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
    "\"#/components/schemas/task.proof\"}}}},"
    "\"default\":{\"$ref\":\"#/components/responses/error\"}}},"
    "\"get\":{\"operationId\":\"core.prove.tell\",\"tags\":[\"core\"],"
    "\"summary\":\"Proof: how far it is, and what was found\","
    "\"parameters\":[{\"name\":\"id\",\"in\":\"query\",\"description\":\"This one,"
    " not the newest\",\"schema\":{\"type\":\"string\","
    "\"pattern\":\"^[0-7][0-9A-HJKMNP-TV-Z]{25}$\"}}],"
    "\"responses\":{\"200\":{\"description\":\"The newest of the tenant,"
    " null before the first\","
    "\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
    "\"#/components/schemas/task.proof\"}}}},"
    "\"default\":{\"$ref\":\"#/components/responses/error\"}}}}";

static const char import_json[] =
    "{\"post\":{\"operationId\":\"core.import.ask\",\"tags\":[\"core\"],"
    "\"summary\":\"Import: documents from a CSV file\","
    "\"description\":\"Begins; ask GET with the id of the answer until it is over. The first "
    "line names the fields.\",\"parameters\":[{\"name\":\"collection\",\"in\":\"query\","
    "\"required\":true,\"description\":\"What to make of the rows: wms/warehouses\","
    "\"schema\":{\"type\":\"string\"}},{\"name\":\"file_name\",\"in\":\"query\","
    "\"description\":\"For the record\",\"schema\":{\"type\":\"string\"}},{\"name\":\"map\","
    "\"in\":\"query\","
    "\"description\":\"header=field with commas between; nothing after = leaves the column "
    "out\",\"schema\":{\"type\":\"string\"}},{\"name\":\"set\",\"in\":\"query\","
    "\"description\":\"field=value with commas between, for every row\","
    "\"schema\":{\"type\":\"string\"}},{\"name\":\"action\",\"in\":\"query\","
    "\"description\":\"Move to make right after, submit\",\"schema\":{\"type\":\"string\"}},"
    "{\"name\":\"commit\",\"in\":\"query\",\"description\":\"false: a dry run,"
    " nothing stays\",\"schema\":{\"type\":\"boolean\",\"default\":false}}],"
    "\"requestBody\":{\"required\":true,"
    "\"content\":{\"text/csv\":{\"schema\":{\"type\":\"string\"}}}},"
    "\"responses\":{\"202\":{\"description\":\"It waits or runs\","
    "\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
    "\"#/components/schemas/task.import\"}}}},"
    "\"default\":{\"$ref\":\"#/components/responses/error\"}}},"
    "\"get\":{\"operationId\":\"core.import.tell\",\"tags\":[\"core\"],"
    "\"summary\":\"Import: how far it is, and what became of the rows\","
    "\"parameters\":[{\"name\":\"id\",\"in\":\"query\",\"description\":\"This one,"
    " not the newest\",\"schema\":{\"type\":\"string\","
    "\"pattern\":\"^[0-7][0-9A-HJKMNP-TV-Z]{25}$\"}}],"
    "\"responses\":{\"200\":{\"description\":\"The newest of the person who asks,"
    " null before the first\","
    "\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
    "\"#/components/schemas/task.import\"}}}},"
    "\"default\":{\"$ref\":\"#/components/responses/error\"}}}}";

/* A task: its rows and its result are of its kind. */
#define TASK_HEAD                                                                                  \
    "{\"type\":\"object\",\"required\":[\"task\"],"                                                \
    "\"properties\":{\"task\":{\"type\":[\"object\",\"null\"],"                                    \
    "\"properties\":{\"id\":{\"type\":\"string\"},\"state\":{\"type\":\"string\","                 \
    "\"enum\":[\"waiting\",\"running\",\"done\",\"failed\"]},"                                     \
    "\"asked_by\":{\"type\":\"string\"},\"asked_at\":{\"type\":[\"string\",\"null\"],"             \
    "\"format\":\"date-time\"},\"started_at\":{\"type\":[\"string\",\"null\"],"                    \
    "\"format\":\"date-time\"},\"ended_at\":{\"type\":[\"string\",\"null\"],"                      \
    "\"format\":\"date-time\"},\"done\":{\"type\":\"integer\"},"                                   \
    "\"total\":{\"type\":\"integer\"},\"rows_left_out\":{\"type\":\"integer\"},"                   \
    "\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
#define TASK_RESULT "}},\"result\":{\"type\":[\"object\",\"null\"],\"properties\":"
#define TASK_TAIL                                                                                  \
    "},\"refusal\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/error\"},"                         \
    "{\"type\":\"null\"}]}}}}}"

static const char proof_schema_json[] =
    TASK_HEAD "{\"id\":{\"type\":\"string\"},\"holds\":{\"type\":\"boolean\"},"
              "\"title\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}" TASK_RESULT
              "{\"held\":{\"type\":\"integer\"},\"broken\":{\"type\":\"integer\"}}" TASK_TAIL;

static const char import_schema_json[] = TASK_HEAD
    "{\"line\":{\"type\":\"integer\"},\"verdict\":{\"type\":\"string\",\"enum\":[\"created\","
    "\"unchanged\",\"error\"]},\"name\":{\"type\":\"string\"},\"note\":{\"type\":\"string\"},"
    "\"document\":{\"type\":\"string\"},\"fields\":{\"type\":\"array\","
    "\"items\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
    "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}}}" TASK_RESULT
    "{\"commit\":{\"type\":\"boolean\"},\"rows\":{\"type\":\"integer\"},"
    "\"created\":{\"type\":\"integer\"},\"unchanged\":{\"type\":\"integer\"},"
    "\"errors\":{\"type\":\"integer\"},\"batch\":{\"type\":\"string\"},"
    "\"columns\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"header\":{\"type\":\"string\"},\"path\":{\"type\":\"string\"}}}}}" TASK_TAIL;

void openapi_work_paths(m_obj *paths)
{
    m_obj_raw(paths, "/api/v1/prove", prove_json);
    m_obj_raw(paths, "/api/v1/import", import_json);
}

void openapi_work_schemas(m_obj *schemas)
{
    m_obj_raw(schemas, "task.proof", proof_schema_json);
    m_obj_raw(schemas, "task.import", import_schema_json);
}
