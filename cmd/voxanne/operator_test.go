package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

const (
	managedSID    = "AC00000000000000000000000000000017"
	managedToken  = "test-secret-twilio-token"
	managedNumber = "+13125550217"
)

// managed is an instance with a clinic whose agent answers a number, as operators find it.
type managed struct {
	*operated
	twilio           *sandbox.Twilio
	opened           *db.DB
	cfg              server.Config
	vapiClient       *vapi.Client
	numbers          *provisioner.Provisioner
	tools            *toolsync.Syncer
	org, user, agent uuid.UUID
	slug             string
	run              uuid.UUID
}

// manage is operate with the owner's address, a played Twilio, and a clinic that has just signed up.
func manage(t *testing.T) *managed {
	t.Helper()
	m := &managed{operated: operate(t), twilio: sandbox.NewTwilio()}
	t.Cleanup(m.twilio.Close)
	m.vapi.Telephony(m.twilio)
	played := httptest.NewServer(m.twilio)
	t.Cleanup(played.Close)
	m.environ["TWILIO_BASE_URL"], m.environ["ADMIN_DATABASE_URL"] = played.URL, m.data.OwnerURL
	m.environ["CREDENTIALS_KEY"] = strings.Repeat("7e57", 16)
	m.environ["BACKEND_URL"] = "https://api.clinic.example"
	m.twilio.AddAccount(managedSID, managedToken, managedNumber)
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(), `
		with person as (
			insert into auth.users (id, email, raw_user_meta_data)
			values (gen_random_uuid(), 'ada.quillby@patients.example', '{"business_name": "Quillby Dental"}') returning *)
		select id, (raw_app_meta_data ->> 'org_id')::uuid from person`).Scan(&m.user, &m.org))
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(), `select o.slug, a.id from public.organizations o join public.agents a on a.org_id = o.id
		where o.id = $1`, m.org).Scan(&m.slug, &m.agent))
	var err error
	m.cfg, err = server.LoadConfig(m.environ)
	require.NoError(t, err)
	m.opened, err = db.Open(t.Context(), m.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(m.opened.Close)
	m.reach(t)
	return m
}

// reach puts together what the workers have.
func (m *managed) reach(t *testing.T) {
	t.Helper()
	to := observed{log: newLogger(process{err: logtest.Keep(t, m.log)}, m.cfg)}
	var err error
	m.vapiClient, err = newVapi(m.cfg, m.opened, to)
	require.NoError(t, err)
	messages, err := newMessenger(m.cfg, m.opened, to)
	require.NoError(t, err)
	m.numbers, err = newProvisioner(m.cfg, m.opened, m.vapiClient, messages, to.log)
	require.NoError(t, err)
	m.tools, err = newSyncer(m.cfg, m.opened, m.vapiClient, to, nil)
	require.NoError(t, err)
}

// begin asks for the clinic's number as its dashboard does.
func (m *managed) begin(t *testing.T) {
	t.Helper()
	plain, err := json.Marshal(map[string]string{"accountSid": managedSID, "authToken": managedToken})
	require.NoError(t, err)
	sealed, err := m.cfg.Keys.Seal(m.org, "twilio", plain)
	require.NoError(t, err)
	claims := fmt.Sprintf(`{"sub":%q,"role":"authenticated","app_metadata":{"org_id":%q}}`, m.user, m.org)
	require.NoError(t, m.opened.AsUser(t.Context(), []byte(claims), func(tx db.Tx, _ db.Member) error {
		run, err := tx.BeginProvisioning(t.Context(), db.BeginProvisioningParams{Number: managedNumber, Ciphertext: sealed.Ciphertext,
			Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID, AccountRef: "AC00…17"})
		m.run = run.ProvisioningID
		return err
	}))
}

// answering is manage with an agent in step and a number that works.
func answering(t *testing.T) *managed {
	t.Helper()
	m := manage(t)
	m.begin(t)
	require.NoError(t, m.tools.SyncAgent(t.Context(), m.org, m.agent))
	again, err := m.numbers.Work(t.Context(), m.org, m.run)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, "active", m.state(t))
	return m
}

// state is the clinic's newest run's.
func (m *managed) state(t *testing.T) (state string) {
	t.Helper()
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(),
		`select state from public.provisioning where org_id = $1 order by created_at desc limit 1`, m.org).Scan(&state))
	return state
}

// worker works the clinics' runs, as the queue's jobs do, until the test ends.
func (m *managed) worker(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	pool := m.data.Pool(t)
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			var org, run uuid.UUID
			err := pool.QueryRow(ctx, `select org_id, id from public.provisioning where state in ('running', 'undoing', 'releasing')`).Scan(&org, &run)
			if err == nil {
				_, _ = m.numbers.Work(ctx, org, run) // an error shows as a run that does not end
			}
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
}

// answer runs `voxanne` at a terminal where somebody types line.
func (m *managed) answer(t *testing.T, line string, args ...string) (status int, out, complaints string) {
	t.Helper()
	var printed, said bytes.Buffer
	at := process{in: strings.NewReader(line + "\n"), terminal: true, out: &printed, err: &said, environ: m.environ}
	status = run(t.Context(), at, args)
	return status, printed.String(), said.String()
}

// reads runs `voxanne … --json` and reads what it printed into an object; other keys than those named are a fault.
func (m *managed) reads(t *testing.T, into any, args ...string) (status int) {
	t.Helper()
	status, out, complaints := m.command(t, append(args, "--json")...)
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(into), out+complaints)
	return status
}

func TestOperatorsCommandsAreCalledRightly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args   string
		status int
		err    string
	}{
		{"agent", 2, "usage: voxanne agent verify"},
		{"agent -h", 0, "usage: voxanne agent verify"},
		{"agent quillby", 2, `there is no command "quillby"`},
		{"agent verify", 2, "say --org"},
		{"agent verify -h", 0, "-agent"},
		{"agent verify --org lakeside", 3, "DATABASE_URL is not set"},
		{"number release", 2, "NUMBER is missing"},
		{"number release 3125550190 --yes", 2, "must be written as"},
		{"number release +13125550190 +13125550191", 2, `takes no argument "+13125550191"`},
		{"org repair-membership", 2, "say --user"},
		{"org repair-membership --all --user ada@patients.example", 2, "say --user"},
		{"appointment verify --phone +13125550111 --date 4.3.2030", 2, "say --phone"},
		{"appointment verify --phone 312 --date 2030-03-04", 2, "say --phone"},
		{"provisioning list --state quillby", 2, "there is no state"},
		{"provisioning resume", 2, "ID is missing"},
		{"provisioning undo 7", 2, "must be a run's UUID"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			t.Parallel()
			var out, complaints bytes.Buffer
			p := process{out: &out, err: &complaints, environ: map[string]string{"VOXANNE_HOME": t.TempDir()}}
			require.Equal(t, tc.status, run(t.Context(), p, strings.Fields(tc.args)), complaints.String())
			require.Contains(t, complaints.String(), tc.err)
			require.Empty(t, out.String())
		})
	}
}

func TestADatabaseThatCannotBeAskedIsNoAnswer(t *testing.T) {
	t.Parallel()
	m := manage(t)
	for name, environ := range map[string]string{
		"unreachable": "postgres://owner:test-secret-pg@127.0.0.1:1/v",
		"no address":  "postgres://owner:test-secret-pg@127.0.0.1:notaport/v",
		"blind":       m.data.LoginURL, // it owns nothing
		"unset":       "",
	} {
		m.environ["ADMIN_DATABASE_URL"] = environ
		for _, args := range []string{"agent verify --org " + m.slug, "number release +13125550100 --yes", "org repair-membership --all",
			"appointment verify --phone +13125550111 --date 2030-03-04", "provisioning list", "provisioning undo " + m.org.String() + " --yes"} {
			status, out, complaints := m.command(t, strings.Fields(args)...)
			require.Equal(t, 3, status, name+": "+args+"\n"+complaints)
			require.Empty(t, out)
			require.NotContains(t, complaints, "test-secret")
		}
	}
}

// The program itself, as cron starts it: /dev/null is a device too, and confirms nothing.
func TestAProgramWithoutATerminalChangesNothing(t *testing.T) {
	t.Parallel()
	m := answering(t)
	path, err := binary()
	require.NoError(t, err, path)
	for name, input := range map[string]io.Reader{"no input": nil, "a pipe": strings.NewReader(managedNumber + "\n")} {
		cmd := exec.Command(path, "number", "release", managedNumber)
		cmd.Stdin, cmd.Env = input, environ(t.TempDir())
		for variable, value := range m.environ {
			cmd.Env = append(cmd.Env, variable+"="+value)
		}
		out, err := cmd.CombinedOutput()
		require.ErrorContains(t, err, "exit status 2", "%s: %s", name, out)
		require.Contains(t, string(out), "Nothing was changed.")
	}
	require.Equal(t, "active", m.state(t))
}
