package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	pooledSecret = "test-secret-webhooks-pooled"
	pooledTokens = "test-secret-tokens-pooled-test-secret"
)

// pooled is `serve` and `work` behind a PgBouncer with two connections, and the first two clinics of sql/chaos/clinics.sql.
type pooled struct {
	owner   *pgxpool.Pool // sees everything, past the pooler
	pooler  *localpg.Pooler
	caller  *sandbox.Caller
	clinics [2]pooledClinic
}

type pooledClinic struct {
	number, token string
	org           uuid.UUID
}

func setUpPooled(t *testing.T) *pooled {
	t.Helper()
	data := dbtest.New(t)
	p := &pooled{owner: data.Pool(t)}
	root, err := dbtest.Root()
	require.NoError(t, err)
	script, err := os.ReadFile(filepath.Join(root, "sql/chaos/clinics.sql"))
	require.NoError(t, err)
	data.Exec(t, string(script))
	p.pooler, err = localpg.StartPooler(t.Context(), localpg.PoolerOptions{Server: data.LoginURL, Connections: 2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.pooler.Remove()) })
	port := freePort(t)
	base := "http://127.0.0.1:" + port
	env := environ(t.TempDir(), "VOXANNE_ENV=production", "PORT="+port, "BACKEND_URL="+base, "DATABASE_URL="+p.pooler.URL(),
		"DATABASE_DIRECT_URL="+data.LoginURL, "DATABASE_POOLER=transaction", "JWT_SECRET="+pooledTokens, "VAPI_WEBHOOK_SECRET="+pooledSecret,
		"VAPI_PRIVATE_KEY=test-secret-vapi", "VAPI_BASE_URL="+base, "CREDENTIALS_KEY=pooled:"+fmt.Sprintf("%064d", 2))
	serving, working := startCommand(t, "serve", env), startCommand(t, "work", env)
	t.Cleanup(func() { serving.interrupt(t); working.interrupt(t) })
	working.says(t, "working the queue")
	p.caller = &sandbox.Caller{BaseURL: base, Auth: sandbox.Secret(pooledSecret), HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	p.ready(t)
	for i := range p.clinics {
		c := &p.clinics[i]
		c.number = fmt.Sprintf("+1312555100%d", i)
		var user uuid.UUID
		require.NoError(t, p.owner.QueryRow(t.Context(), `select n.org_id, p.user_id from phone_numbers n join profiles p using (org_id)
			where n.number = $1`, c.number).Scan(&c.org, &user))
		c.token, err = server.MintDevToken(pooledTokens, c.org, user, base+"/auth/v1", time.Hour)
		require.NoError(t, err)
	}
	return p
}

// ready waits until requests are served.
func (p *pooled) ready(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		status, _ := get(t, p.caller.BaseURL+"/readyz", "")
		return status == http.StatusOK
	}, 20*time.Second, 20*time.Millisecond)
}

// visit is the n-th caller's wish at a clinic; callers of one clinic want other times.
func (p *pooled) visit(clinic, n int) (line sandbox.Line, call sandbox.ToolCall) {
	at := time.Now().AddDate(0, 0, 1+n/16)
	return sandbox.Line{CallID: fmt.Sprintf("pooled-%d-%d", clinic, n), Number: p.clinics[clinic].number, Customer: fmt.Sprintf("+1312555%d%03d", 4+clinic, n), At: time.Now()},
		sandbox.ToolCall{ID: "tc-1", Name: "bookClinicAppointment", Arguments: map[string]any{
			"serviceType": "Checkup", "patientName": "Ann Quillfeather", "appointmentDate": at.Format(time.DateOnly),
			"appointmentTime": fmt.Sprintf("%02d:%02d", 9+n%16/2, n%2*30)}}
}

// book asks until there is an answer of a booking's: through a pooler that died, callers hear of trouble, or nothing.
func (p *pooled) book(ctx context.Context, clinic, n int) (answer string, err error) {
	line, call := p.visit(clinic, n)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var results []sandbox.ToolResult
		if results, err = p.caller.CallTools(ctx, sandbox.ToolCalls(line, sandbox.NestedObject, call)); err != nil {
			continue
		}
		if strings.HasPrefix(results[0].Result, "Booked: ") {
			return results[0].Result, nil
		}
		call.ID, err = "tc-"+uuid.NewString(), fmt.Errorf("told: %s", results[0].Text())
	}
	return "", err
}

// crowd books visits from..to-1 in both clinics at once, and lists each clinic's meanwhile.
func (p *pooled) crowd(t *testing.T, from, to int) {
	t.Helper()
	var all sync.WaitGroup
	for n := from; n < to; n++ {
		for clinic := range p.clinics {
			all.Go(func() {
				if _, err := p.book(t.Context(), clinic, n); err != nil {
					t.Errorf("clinic %d, caller %d: %v", clinic, n, err)
				}
				status, body := get(t, p.caller.BaseURL+"/api/appointments?limit=100", p.clinics[clinic].token)
				if other := p.clinics[1-clinic].org.String(); status != http.StatusOK && status != http.StatusServiceUnavailable || strings.Contains(body, other) {
					t.Errorf("clinic %d's list: %d %s", clinic, status, body)
				}
			})
		}
	}
	all.Wait()
}

// follow opens a clinic's stream and gives what it tells.
func (p *pooled) follow(t *testing.T, clinic int) <-chan string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.caller.BaseURL+"/api/events", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+p.clinics[clinic].token)
	resp, err := p.caller.HTTP.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	require.Equal(t, http.StatusOK, resp.StatusCode)
	told := make(chan string, 1000) // more than is told: nobody waits for the test
	go func() {
		defer close(told)
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				told <- data
			}
		}
	}()
	return told
}

// visits are the ids that a clinic's list has.
func (p *pooled) visits(t *testing.T, clinic int) (ids map[string]bool) {
	t.Helper()
	status, body := get(t, p.caller.BaseURL+"/api/appointments?limit=100", p.clinics[clinic].token)
	require.Equal(t, http.StatusOK, status, body)
	var list struct {
		Appointments []struct{ ID string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &list), body)
	ids = map[string]bool{}
	for _, visit := range list.Appointments {
		ids[visit.ID] = true
	}
	return ids
}

// tells waits until a stream has told of every visit of its clinic, and of none of the other's.
func tells(t *testing.T, stream <-chan string, own, other map[string]bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for missing := maps.Clone(own); len(missing) > 0; {
		select {
		case data, open := <-stream:
			require.True(t, open, "the stream ended")
			var event struct{ ID string }
			require.NoError(t, json.Unmarshal([]byte(data), &event), data)
			require.NotContains(t, other, event.ID)
			delete(missing, event.ID)
		case <-deadline:
			t.Fatalf("%d visits were not told of", len(missing))
		}
	}
}

func TestTheWholeServiceWorksThroughAPooler(t *testing.T) {
	t.Parallel()
	p := setUpPooled(t)
	streams := [2]<-chan string{p.follow(t, 0), p.follow(t, 1)}
	p.crowd(t, 0, 12)
	const connections = "select count(*) from pg_stat_activity where usename = 'voxanne_login' and datname = current_database()"
	require.LessOrEqual(t, p.count(t, connections), 2+5, "control: the pooler's, and the queue's own with its listener")
	first, err := p.book(t.Context(), 0, 0)
	require.NoError(t, err)
	again, err := p.book(t.Context(), 0, 0)
	require.NoError(t, err)
	require.Equal(t, first, again, "the same tool call is answered as before")

	require.NoError(t, p.pooler.Kill())
	status, body := get(t, p.caller.BaseURL+"/readyz", "")
	require.Equal(t, http.StatusServiceUnavailable, status, body)
	back := make(chan error, 1)
	time.AfterFunc(300*time.Millisecond, func() { back <- p.pooler.Start(context.Background()) })
	p.crowd(t, 12, 24) // begins while it is away
	require.NoError(t, <-back)
	p.ready(t)

	ids := [2]map[string]bool{p.visits(t, 0), p.visits(t, 1)}
	for clinic, own := range ids {
		require.Len(t, own, 24, "each caller's visit once")
		tells(t, streams[clinic], own, ids[1-clinic])
	}
	require.Zero(t, p.count(t, `select count(*) from appointments a join appointments z
		on z.org_id = a.org_id and z.resource_id = a.resource_id and z.id > a.id and z.blocked && a.blocked`))
	require.Eventually(t, func() bool {
		return p.count(t, "select count(*) from river.river_job where kind = 'sweep_platform' and state = 'completed'") > 0
	}, 20*time.Second, 100*time.Millisecond, "work does its jobs")
}

// count is the number a query answers with, seen by the owner.
func (p *pooled) count(t *testing.T, query string) (n int) {
	t.Helper()
	require.NoError(t, p.owner.QueryRow(t.Context(), query).Scan(&n))
	return n
}
