package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

var update = flag.Bool("update", false, "write testdata/plans.golden anew")

const plansGolden = "testdata/plans.golden"

// hotQueries are what callers and dashboards wait for, as one who is bound by row security runs them.
var hotQueries = []struct{ title, as, query string }{
	{"resolve tenant by number", "tenant_service", "select * from app.resolve_tenant(null, null, '+13125551001')"},
	{"free times of 30 days", "tenant_user",
		"select count(*) from app.slots_of_days(current_date + 1, current_date + 30, p_limit => 5000)"},
	{"book", "tenant_service", `select outcome from app.book_appointment(p_service => 'Checkup', p_patient_name => 'Ann Quillfeather',
		p_starts_at => (current_date + 10 + time '12:30') at time zone 'America/Chicago',
		p_call_id => (select c.id from public.call_logs c where c.vapi_call_id = 'plans'), p_tool_call_id => 'tool-1')`},
	{"list appointments", "tenant_user", "select count(*) from app.list_appointments()"},
	{"list appointments of a contact", "tenant_user", "select count(*) from app.list_appointments(p_contact_id => bench.id(7))"},
	{"list calls", "tenant_user", "select count(*) from app.list_calls(1, 20)"},
}

// An index that is lost, or that a query no longer fits, shows in a diff before it shows in a clinic that has a past. Of a plan
// only what is read from tables is kept: joins and sorts change with a point release and tell little. Reading a whole table
// is made costly, so that tables which are small here are read as they are where they are large.
func TestHotQueriesReadTheirIndexes(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	got := plansOf(t, d.OwnerURL)
	if *update {
		require.NoError(t, os.WriteFile(plansGolden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(plansGolden)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "hot queries read otherwise than in "+plansGolden+
		"; if they should: go test ./cmd/bench -run HotQueries -update")
}

// planned gives each visit of the clinics with a past its code and its reminder: which index an empty table is read by is chance.
const planned = `set session_replication_role = replica;
	insert into public.identity_codes (org_id, kind, contact_id, appointment_id, expires_at)
	select a.org_id, 'confirmation', a.contact_id, a.id, a.scheduled_at
	from public.appointments a join bench.pasts p on p.org_id = a.org_id;
	insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, before, due_at, state)
	select a.org_id, 'reminder', a.contact_id, a.id, interval '1 day', a.scheduled_at, 'done'
	from public.appointments a join bench.pasts p on p.org_id = a.org_id;
	reset session_replication_role;
	analyze public.identity_codes, public.scheduled_messages`

// plansOf fills a database and says what each hot query reads, in the clinic with many visits or in the largest one.
func plansOf(t *testing.T, ownerURL string) string {
	t.Helper()
	var read map[string]bool
	config, err := pgx.ParseConfig(ownerURL)
	require.NoError(t, err)
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { noteReads(n.Message, read) }
	owner, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	defer owner.Close(t.Context())
	require.NoError(t, fillWhole(t.Context(), owner, settings{scale: leastScale, out: t.Output()}))
	_, err = owner.Exec(t.Context(), planned)
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), `load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
		set auto_explain.log_format = json; set auto_explain.log_level = notice; set enable_seqscan = off`)
	require.NoError(t, err)
	var out strings.Builder
	for _, hot := range hotQueries {
		tx, err := owner.Begin(t.Context())
		require.NoError(t, err)
		if hot.title == "book" {
			_, err = tx.Exec(t.Context(), "select outcome from app.open_call('plans', 'inbound', null, null, '+13125551001', '+13125562001')")
		} else {
			org := `(select p.org_id from bench.pasts p where p.title = 'many')`
			if strings.HasPrefix(hot.title, "list") {
				org = `(select c.org_id from bench.clinics c where c.n = 1)`
			}
			_, err = tx.Exec(t.Context(), `select set_config('request.jwt.claims', jsonb_build_object('sub', '`+dashboardOwner+`',
				'app_metadata', jsonb_build_object('org_id', `+org+`))::text, true); set local role `+hot.as)
		}
		require.NoError(t, err, hot.title)
		read = map[string]bool{}
		_, err = tx.Exec(t.Context(), hot.query)
		require.NoError(t, err, hot.title)
		require.NoError(t, tx.Rollback(t.Context()))
		fmt.Fprintf(&out, "%s\n  %s\n", hot.title, strings.Join(slices.Sorted(maps.Keys(read)), "\n  "))
		read = nil
	}
	return out.String()
}

// plan is a node of PostgreSQL's plans, without what differs from run to run.
type plan struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Plans    []plan `json:"Plans"`
}

// noteReads adds what a plan that auto_explain told reads; other notices are none.
func noteReads(notice string, read map[string]bool) {
	at := strings.Index(notice, "{")
	if read == nil || at < 0 {
		return
	}
	var told struct{ Plan plan }
	if json.Unmarshal([]byte(notice[at:]), &told) != nil {
		return
	}
	told.Plan.note("", read)
}

// note adds what a node and those below it read; table is the one whose rows the node above fetches.
func (p plan) note(table string, read map[string]bool) {
	if p.Relation != "" {
		table = p.Relation
	}
	switch {
	case p.Index != "":
		read[fmt.Sprintf("%s: %s %s", table, p.Type, p.Index)] = true
	case p.Type == "Seq Scan":
		read[fmt.Sprintf("%s: %s", table, p.Type)] = true
	}
	for _, below := range p.Plans {
		below.note(table, read)
	}
}
