package sql_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// What scoring promises on testdata/leads/corpus.txt. An alarm that is wrong costs more trust than one that is missing.
const (
	leadAccuracyFloor = 0.88
	hotPrecisionFloor = 0.95
	hotRecallFloor    = 0.85
	leadsAtLeast      = 40
)

// lead is a line of the corpus.
type lead struct {
	label string // hot, warm or cold
	said  []string
}

// transcript is the call as the report has it: the agent speaks of everything that would count if a caller did.
func (l lead) transcript(t *testing.T) []byte {
	t.Helper()
	turns := []map[string]string{{"speaker": "assistant", "text": "Are you in pain? I can book whitening today, go ahead."}}
	for _, text := range l.said {
		turns = append(turns, map[string]string{"speaker": "caller", "text": text})
	}
	encoded, err := json.Marshal(turns)
	require.NoError(t, err)
	return encoded
}

func leadsOf(t *testing.T, file string) []lead {
	t.Helper()
	var all []lead
	for line := range strings.Lines(read(t, file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		label, said, found := strings.Cut(strings.TrimSpace(line), "\t")
		require.True(t, found, line)
		require.Contains(t, []string{"hot", "warm", "cold"}, label)
		all = append(all, lead{label, strings.Split(said, "|")})
	}
	require.GreaterOrEqual(t, len(all), leadsAtLeast)
	return all
}

// TestLeadsAreToldApart reports every transcript of the corpus as a call of its own and compares what the clinic would see.
func TestLeadsAreToldApart(t *testing.T) {
	t.Parallel()
	database := dbtest.New(t, dbtest.WithClock())
	database.Exec(t, read(t, "tests/clinics.psql"))
	owner := database.Pool(t)
	database.Exec(t, `insert into services (org_id, name, aliases, duration)
		select id, 'Implant', '{implants}', '1 hour' from organizations where slug = 'lakeside'`)
	judged := map[string]map[string]int{"hot": {}, "warm": {}, "cold": {}}
	served, err := db.Open(t.Context(), database.LoginURL)
	require.NoError(t, err)
	t.Cleanup(served.Close)
	for n, l := range leadsOf(t, "testdata/leads/corpus.txt") {
		var org, call uuid.UUID
		require.NoError(t, owner.QueryRow(t.Context(), `insert into call_logs (org_id, vapi_call_id, direction, from_number)
			select id, $1, 'inbound', $2 from organizations where slug = 'lakeside' returning org_id, id`,
			fmt.Sprint("corpus-", n), fmt.Sprintf("+1312555%04d", 1000+n)).Scan(&org, &call))
		require.NoError(t, served.AsTenant(t.Context(), org, func(tx db.Tx) error {
			_, err := tx.RecordCallReport(t.Context(), db.RecordCallReportParams{CallID: call, DurationSeconds: new(int32(60)),
				EndedReason: new("customer-ended-call"), Turns: l.transcript(t), ToolsUsed: []string{}, SaidNames: []string{}})
			return err
		}))
		var status string
		var reasons []string
		require.NoError(t, owner.QueryRow(t.Context(), `select k.lead_status, c.lead_reasons
			from call_logs c join contacts k on k.id = c.contact_id where c.id = $1`, call).Scan(&status, &reasons))
		judged[l.label][status]++
		if status != l.label {
			t.Logf("%s, judged %s: %q %q", l.label, status, l.said, reasons)
		}
	}
	requireFloors(t, judged)
}

func requireFloors(t *testing.T, judged map[string]map[string]int) {
	t.Helper()
	all, right, hot, called := 0, 0, 0, 0
	for label, as := range judged {
		right += as[label]
		called += as["hot"]
		for _, n := range as {
			all += n
		}
	}
	for _, n := range judged["hot"] {
		hot += n
	}
	for _, label := range slices.Sorted(maps.Keys(judged)) {
		t.Logf("%s: %v", label, judged[label])
	}
	accuracy, precision, recall := float64(right)/float64(all), float64(judged["hot"]["hot"])/float64(called), float64(judged["hot"]["hot"])/float64(hot)
	t.Logf("%d calls: accuracy %.3f; hot: precision %.3f, recall %.3f", all, accuracy, precision, recall)
	require.GreaterOrEqual(t, accuracy, leadAccuracyFloor)
	require.GreaterOrEqual(t, precision, hotPrecisionFloor)
	require.GreaterOrEqual(t, recall, hotRecallFloor)
	require.Zero(t, judged["cold"]["hot"], "nobody is rung up about a wrong number")
}
