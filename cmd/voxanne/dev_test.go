package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// validate asks the dashboard's first question with the file's token.
func validate(t *testing.T, values map[string]string) {
	t.Helper()
	status, body := get(t, values["BACKEND_URL"]+"/api/orgs/validate/"+values["ORG_ID"], values["TOKEN"])
	require.Equal(t, http.StatusOK, status, body)
	var answer struct {
		Role string `json:"role"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	require.Equal(t, "owner", answer.Role)
}

// callPlayed has the played Vapi make a call for a demo clinic, and waits until the dashboard shows how it went.
func callPlayed(t *testing.T, values map[string]string) {
	t.Helper()
	client, err := vapi.New(vapi.Options{BaseURL: values["VAPI_BASE_URL"], Key: values["VAPI_PRIVATE_KEY"]})
	require.NoError(t, err)
	_, err = client.PlaceCall(t.Context(), vapi.OutboundCall{
		Name: "test", AssistantID: "assistant-lakeside", PhoneNumberID: "phone-lakeside", CustomerNumber: "+13125550111"})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, body := get(t, values["BACKEND_URL"]+"/api/calls-dashboard?call_type=outbound", values["TOKEN"])
		return strings.Contains(body, "The clinic called and was answered.")
	}, 30*time.Second, 100*time.Millisecond)
}

// editPlayed opens the pages on which staff's own calendars are edited.
func editPlayed(t *testing.T, values map[string]string) {
	t.Helper()
	for variable, person := range map[string]string{"GOOGLE_BASE_URL": sandboxGooglePerson, "MICROSOFT_GRAPH_URL": sandboxMicrosoftPerson} {
		status, page := get(t, values[variable]+"/", "")
		require.Equal(t, http.StatusOK, status)
		for _, word := range []string{person, "Lunch", "Closed", "Cleaning"} {
			require.Contains(t, page, word)
		}
	}
}

func TestDevFromNothingAndAgain(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	first := start(t, home)
	values, _ := first.ready(t, home)
	validate(t, values)

	info, err := os.Stat(envFilePath(home))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	for _, name := range []string{
		"VOXANNE_ENV", "VOXANNE_HOME", "PORT", "BACKEND_URL", "DATABASE_URL", "DATABASE_DIRECT_URL", "ADMIN_DATABASE_URL",
		"JWT_SECRET", "VAPI_WEBHOOK_SECRET", "VAPI_WEBHOOK_AUTH", "VAPI_PRIVATE_KEY", "VAPI_BASE_URL", "ORG_ID", "TOKEN",
		"CREDENTIALS_KEY", "TWILIO_BASE_URL", "RESEND_BASE_URL", "RESEND_API_KEY", "EMAIL_FROM",
		"SANDBOX_TWILIO_ACCOUNT_SID", "SANDBOX_TWILIO_AUTH_TOKEN", "SANDBOX_TWILIO_NUMBER", "SANDBOX_RESEND_API_KEY",
		"GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_BASE_URL",
		"MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", "MICROSOFT_GRAPH_URL", "MICROSOFT_LOGIN_URL",
	} {
		require.NotEmpty(t, values[name], name)
	}
	require.Contains(t, values["DATABASE_URL"], "voxanne_login:", "the server is not the owner")
	for _, secret := range []string{
		"JWT_SECRET", "VAPI_WEBHOOK_SECRET", "VAPI_PRIVATE_KEY", "CREDENTIALS_KEY", "SANDBOX_TWILIO_AUTH_TOKEN", "SANDBOX_RESEND_API_KEY",
		"GOOGLE_CLIENT_SECRET", "MICROSOFT_CLIENT_SECRET",
	} {
		require.NotContains(t, first.out.String(), values[secret], secret)
	}
	sourced := sourceInShell(t, home)
	for name, value := range values {
		require.Contains(t, sourced, name+"="+value+"\n", "a shell reads the file as we do")
	}

	t.Run("a second one in the same folder is refused", func(t *testing.T) {
		second := start(t, home)
		second.fails(t)
		require.Contains(t, second.out.String(), "another `voxanne dev` runs in "+home)
	})
	t.Run("other commands find the instance", func(t *testing.T) {
		token := strings.TrimSpace(runCommand(t, home, "token", "--org", "harbor-skin", "--role", "staff"))
		status, _ := get(t, values["BACKEND_URL"]+"/api/orgs/validate/"+values["ORG_ID"], token)
		require.Equal(t, http.StatusForbidden, status, "another clinic's staff")
		require.Contains(t, runCommand(t, home, "seed"), "lakeside-dental")
	})
	t.Run("the played accounts can be connected", func(t *testing.T) { connectPlayed(t, values) })
	t.Run("played calendars can be edited by hand", func(t *testing.T) { editPlayed(t, values) })
	t.Run("a placed call shows in the dashboard", func(t *testing.T) { callPlayed(t, values) })
	t.Run("the key of the credentials is rotated beside the server", func(t *testing.T) { rotatePlayed(t, home, values) })
	t.Run("serve and work run beside it on its values", func(t *testing.T) {
		port := freePort(t)
		serving := startCommand(t, "serve", append(strings.Split(strings.TrimSpace(sourced), "\n"), "PORT="+port))
		require.Eventually(t, func() bool {
			status, _ := get(t, "http://localhost:"+port+"/readyz", "")
			return status == http.StatusOK
		}, 10*time.Second, 20*time.Millisecond, "%s", serving.out)
		working := startCommand(t, "work", strings.Split(strings.TrimSpace(sourced), "\n"))
		working.says(t, "working the queue")
		serving.interrupt(t)
		working.interrupt(t)
	})
	first.interrupt(t)

	t.Run("second start is fast and keeps its values, also from a shell that read the file", func(t *testing.T) {
		again := start(t, home, strings.Split(strings.TrimSpace(sourced), "\n")...)
		kept, took := again.ready(t, home)
		require.Less(t, took, 5*time.Second)
		for _, name := range []string{"DATABASE_URL", "ADMIN_DATABASE_URL", "JWT_SECRET", "VAPI_WEBHOOK_SECRET", "VAPI_PRIVATE_KEY", "ORG_ID", "PORT", "CREDENTIALS_KEY", "SANDBOX_TWILIO_ACCOUNT_SID"} {
			require.Equal(t, values[name], kept[name], name)
		}
		require.Contains(t, again.out.String(), "a private cluster", "its own database is not taken for the caller's")
		require.Contains(t, again.out.String(), "played    Vapi")
		validate(t, values) // the first start's token
		again.interrupt(t)
	})
}

func TestKilledDevBlocksNoStart(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	early := start(t, home)
	early.says(t, "making local PostgreSQL") // initdb has begun
	early.kill(t)

	p := start(t, home)
	before, _ := p.ready(t, home)
	p.kill(t)

	again := start(t, home)
	after, took := again.ready(t, home)
	require.Less(t, took, 5*time.Second)
	require.Equal(t, before["ORG_ID"], after["ORG_ID"])
	validate(t, after)
	again.interrupt(t)
	address, err := net.Dial("tcp", strings.TrimPrefix(after["BACKEND_URL"], "http://"))
	if err == nil {
		address.Close()
	}
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
}

func TestTakenPortIsSaidBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	home := newHome(t)
	p := start(t, home, "PORT="+port)
	p.fails(t)
	require.Contains(t, p.out.String(), "port "+port+" is in use by another program")
	require.NoDirExists(t, filepath.Join(home, "pg"))
}

func TestDevOnTheCallersDatabase(t *testing.T) {
	t.Parallel()
	// A cluster of its own: the login role's password belongs to the whole cluster.
	dir := t.TempDir()
	t.Cleanup(func() { require.NoError(t, localpg.Remove(context.Background(), dir)) })
	cluster, err := localpg.Start(t.Context(), localpg.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	owner, err := cluster.CreateDatabase(t.Context(), "theirs")
	require.NoError(t, err)

	home := newHome(t)
	p := start(t, home, "DATABASE_URL="+owner)
	values, _ := p.ready(t, home)
	validate(t, values)
	require.Equal(t, owner, values["ADMIN_DATABASE_URL"])
	require.Contains(t, values["DATABASE_URL"], "voxanne_login:", "the owner migrates, the application's role serves")
	require.NoDirExists(t, filepath.Join(home, "pg"))
	p.interrupt(t)

	t.Run("the same again", func(t *testing.T) {
		p := start(t, home, "DATABASE_URL="+owner)
		again, _ := p.ready(t, home)
		require.Equal(t, values["DATABASE_URL"], again["DATABASE_URL"])
		p.interrupt(t)
	})
	t.Run("a role that cannot migrate is told what is missing", func(t *testing.T) {
		home := newHome(t)
		p := start(t, home, "DATABASE_URL="+values["DATABASE_URL"])
		p.fails(t)
		require.Contains(t, p.out.String(), "ADMIN_DATABASE_URL")
		require.NotContains(t, p.out.String(), "Ctrl-C")
	})
	t.Run("clinics that are there get no demo clinics beside them", func(t *testing.T) {
		used, err := cluster.CreateDatabase(t.Context(), "used")
		require.NoError(t, err)
		runIn(t, append(environ(t.TempDir()), "ADMIN_DATABASE_URL="+used), "migrate")
		conn, err := pgx.Connect(t.Context(), used)
		require.NoError(t, err)
		defer conn.Close(context.Background())
		_, err = conn.Exec(t.Context(), "insert into auth.users (id, email) values (gen_random_uuid(), 'ada.quillby@patients.example')")
		require.NoError(t, err)

		home := newHome(t)
		p := start(t, home, "DATABASE_URL="+strings.Replace(values["DATABASE_URL"], "/theirs", "/used", 1), "ADMIN_DATABASE_URL="+used)
		p.says(t, "no demo clinics were put into it")
		p.interrupt(t)
		var clinics int
		require.NoError(t, conn.QueryRow(t.Context(), "select count(*) from public.organizations").Scan(&clinics))
		require.Equal(t, 1, clinics)
	})
}

func TestDevRefusesProduction(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	p := start(t, home, "VOXANNE_ENV=production")
	p.fails(t)
	require.Contains(t, p.out.String(), "voxanne serve")
	require.NoFileExists(t, envFilePath(home))
}
