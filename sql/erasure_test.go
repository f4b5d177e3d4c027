package sql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// erasures reads testdata/erasure.txt: what becomes of each column, erased or kept.
func erasures(t *testing.T) map[string]string {
	t.Helper()
	verdicts := map[string]string{}
	for line := range strings.Lines(read(t, "testdata/erasure.txt")) {
		if strings.HasPrefix(line, "--") {
			continue
		}
		head, columns, found := strings.Cut(strings.TrimSpace(line), ": ")
		table, verdict, named := strings.Cut(head, " ")
		require.True(t, found && named && (verdict == "erased" || verdict == "kept"), line)
		for _, column := range strings.Fields(columns) {
			require.NotContains(t, verdicts, table+"."+column, "said twice")
			verdicts[table+"."+column] = verdict
		}
	}
	return verdicts
}

// wordColumns are all columns of public that can hold what somebody said, wrote or is.
func wordColumns(t *testing.T, d *dbtest.Database) map[string]string {
	t.Helper()
	kinds := map[string]string{}
	for _, row := range strs(t, d.OwnerURL, `
		select c.relname || '.' || a.attname || ' ' || case when a.attgenerated = '' then format_type(a.atttypid, null) else 'generated' end
		from pg_attribute a
		join pg_class c on c.oid = a.attrelid
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
		  and c.relname <> 'goose_db_version'
		  and a.atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'date'::regtype, 'bytea'::regtype)`) {
		column, kind, _ := strings.Cut(row, " ")
		kinds[column] = kind
	}
	return kinds
}

// planted is a value that the column may have and that is found again.
func planted(column, kind string) string {
	switch {
	case strings.HasSuffix(column, "phone") || strings.HasSuffix(column, "number"):
		return "+13125550111"
	case strings.HasSuffix(column, ".time_zone"):
		return "Pacific/Chatham"
	case strings.HasSuffix(column, ".language"):
		return "cy"
	case strings.HasSuffix(column, ".sentiment"):
		return "negative"
	case strings.HasSuffix(column, ".urgency"):
		return "high"
	case strings.HasSuffix(column, "_source"):
		return "analysis"
	case kind == "text[]":
		return "{zanzibar-lilac}"
	case kind == "jsonb" && column == "call_logs.transcript":
		return `[{"text": "zanzibar-lilac"}]`
	case kind == "jsonb":
		return `{"text": "zanzibar-lilac"}`
	case kind == "date":
		return "1982-03-05"
	case kind == "bytea":
		return `\x7a616e7a69626172`
	default:
		return "zanzibar-lilac"
	}
}

// A new column, in any table, must say what erasure does about it, and erasure must do it: of everything that the
// fixture knows about its one contact nothing is found again, while another clinic's stays.
func TestErasureMeetsEveryColumn(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, dbtest.WithClock())
	furnish(t, d)
	kinds, verdicts := wordColumns(t, d), erasures(t)
	sets := map[string][]string{}
	for column, kind := range kinds {
		require.Contains(t, verdicts, column, "say in testdata/erasure.txt whether app.erase_contact must blank it")
		table, name, _ := strings.Cut(column, ".")
		if verdicts[column] == "erased" && kind != "generated" {
			sets[table] = append(sets[table], fmt.Sprintf("%s = '%s'", name, planted(column, kind)))
		}
	}
	for column := range verdicts {
		require.Contains(t, kinds, column, "testdata/erasure.txt names a column that is not there")
	}
	// What a check wants together with a planted column.
	sets["call_logs"] = append(sets["call_logs"], "sentiment_score = 0.1", "transcript_state = 'stored'")
	sets["knowledge_gaps"] = append(sets["knowledge_gaps"], "call_ids = array[(select c.id from public.call_logs c where c.org_id = knowledge_gaps.org_id limit 1)]")
	sets["idempotency_keys"] = append(sets["idempotency_keys"], "state = 'done'", "status = 200")
	for table, columns := range sets {
		d.Exec(t, fmt.Sprintf("update public.%s set %s", table, strings.Join(columns, ", ")))
	}
	d.Exec(t, "update public.webhook_deliveries w set vapi_call_id = c.vapi_call_id from public.call_logs c where c.org_id = w.org_id")

	d.SetClock(t, time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)) // after the fixture's visit
	d.Exec(t, fmt.Sprintf("select set_config('request.jwt.claims', '%s', false); select app.erase_contact('%s')", claims("a"), "a0000000-0000-7000-8000-0000000000d1"))
	for column, verdict := range verdicts {
		if verdict == "kept" {
			continue
		}
		table, name, _ := strings.Cut(column, ".")
		mark := strings.Trim(planted(column, kinds[column]), "{}")
		if kinds[column] == "jsonb" || kinds[column] == "generated" {
			mark = "zanzibar-lilac"
		}
		holds := func(letter string) []string {
			return strs(t, d.OwnerURL, fmt.Sprintf("select %[1]s::text from public.%[2]s where org_id = $1 and position($2 in %[1]s::text) > 0", name, table), orgID(letter), mark)
		}
		require.NotEmpty(t, holds("b"), "%s: nothing was planted, so nothing is tested", column)
		require.Empty(t, holds("a"), "%s is still there after erasure", column)
	}
}
