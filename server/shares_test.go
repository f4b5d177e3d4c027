package server

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

func TestALinkOpensAPageThatPlaysTheRecording(t *testing.T) {
	t.Parallel()
	s := share(t)
	link := s.link(t)
	page := s.visit(t, http.MethodGet, link)
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Body.String(), "<h1>Lakeside Dental</h1>")
	require.NotContains(t, page.Body.String(), "<script")
	require.NotContains(t, page.Body.String(), recordedKey)
	for header, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer",
		"X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff",
	} {
		require.Equal(t, want, page.Header().Get(header), header)
	}
	require.Contains(t, page.Header().Get("Content-Security-Policy"), "default-src 'none'")
	head := s.visit(t, http.MethodHead, link)
	require.Equal(t, http.StatusOK, head.Code)

	source := regexp.MustCompile(`src="([^"]+)"`).FindStringSubmatch(page.Body.String())
	require.Len(t, source, 2)
	audio := s.visit(t, http.MethodGet, source[1])
	require.Equal(t, http.StatusOK, audio.Code)
	require.Equal(t, s.sound, audio.Body.Bytes())
	require.Equal(t, []string{"audio/wav", "private, no-store"}, []string{audio.Header().Get("Content-Type"), audio.Header().Get("Cache-Control")})
	part := s.visit(t, http.MethodGet, source[1], "Range", "bytes=4-7")
	require.Equal(t, http.StatusPartialContent, part.Code)
	require.Equal(t, s.sound[4:8], part.Body.Bytes())
	require.Equal(t, "bytes 4-7/16044", part.Header().Get("Content-Range"))
	rest := s.visit(t, http.MethodGet, source[1], "Range", "bytes=-4", "If-Range", audio.Header().Get("ETag"))
	require.Equal(t, s.sound[len(s.sound)-4:], rest.Body.Bytes())
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, s.visit(t, http.MethodGet, source[1], "Range", "bytes=99999-").Code)
	require.Equal(t, http.StatusMethodNotAllowed, s.visit(t, http.MethodPost, link).Code)
	whole := s.visit(t, http.MethodHead, source[1])
	require.Equal(t, []any{http.StatusOK, "16044", 0}, []any{whole.Code, whole.Header().Get("Content-Length"), whole.Body.Len()})
	require.NotContains(t, s.log.String(), strings.TrimPrefix(link, backend+"/s/"), "no log holds the link")
}

func TestOpeningsAreNotedAlsoFromElsewhere(t *testing.T) {
	t.Parallel()
	s := share(t)
	link := s.link(t)
	for _, from := range []string{"198.51.100.7:1", "198.51.100.7:2", "203.0.113.9:1"} {
		require.Equal(t, http.StatusOK, s.visit(t, http.MethodGet, link, "RemoteAddr", from).Code)
		for range 3 { // players ask in pieces
			require.Equal(t, http.StatusPartialContent, s.visit(t, http.MethodGet, link+"/audio", "RemoteAddr", from, "Range", "bytes=0-1").Code)
		}
	}
	shown := s.shares(t)[0].(map[string]any)
	require.Equal(t, []any{3.0, 2.0, nil, "open", s.user.String()}, []any{shown["openings"], shown["visitors"], shown["recipient"], shown["state"], shown["shared_by"]})
	require.NotNil(t, shown["last_opened_at"])
	require.Equal(t, 5, s.number(t, "select count(*) from public.recording_share_openings"), "three pages, two listeners")
	require.Zero(t, s.number(t, "select count(*) from public.recording_share_openings o where o::text like '%198.51%'"))
}

func TestALinkThatDoesNotOpenSaysNothing(t *testing.T) {
	t.Parallel()
	s := share(t)
	said := map[string]bool{}
	expired, revoked, kept := s.link(t), s.link(t), s.link(t)
	s.data.Exec(t, "update public.recording_shares set expires_at = app.now() where created_at = (select min(created_at) from public.recording_shares)")
	said[s.nothingHere(t, expired)] = true
	for _, shown := range s.shares(t) {
		if id := shown.(map[string]any)["id"].(string); shown.(map[string]any)["state"] == "open" && !said["revoked"] {
			answered(t, s.console(t, http.MethodDelete, "/api/shares/"+id, ""), http.StatusOK)
			answered(t, s.console(t, http.MethodDelete, "/api/shares/"+id, ""), http.StatusOK)
			said["revoked"] = true
		}
	}
	delete(said, "revoked")
	// The newest is listed first, so the one that was kept is the one that was revoked.
	said[s.nothingHere(t, kept)] = true
	require.Equal(t, http.StatusOK, s.visit(t, http.MethodGet, revoked).Code, "control: the other one opens")
	for _, guess := range []string{strings.Repeat("A", 43), "x", strings.Repeat("x", 500), "%00", "..%2f", revoked[len(backend+"/s/"):] + "A"} {
		said[s.nothingHere(t, backend+"/s/"+guess)] = true
	}
	answered(t, s.console(t, http.MethodDelete, s.path, ""), http.StatusOK)
	said[s.nothingHere(t, revoked)] = true
	require.Len(t, said, 1, "one answer for all of them")
}

func TestGuessesAtLinksShutNobodyOut(t *testing.T) {
	t.Parallel()
	s := share(t)
	link := s.link(t)
	const office = "198.51.100.7:1" // many people behind one proxy
	for range 20 * strangersAtOnce {
		require.Equal(t, http.StatusNotFound, s.visit(t, http.MethodGet, "/s/"+strings.Repeat("A", 43), "RemoteAddr", office).Code)
	}
	require.Equal(t, http.StatusOK, s.visit(t, http.MethodGet, link, "RemoteAddr", office).Code)
}

func TestALinkGoesOutByEMail(t *testing.T) {
	t.Parallel()
	s := share(t)
	for range 2 { // a dashboard that repeats itself
		sent := s.ok(t, http.MethodPost, s.path+"/share", `{"email": " ear@patients.example "}`, "Idempotency-Key", "share-1")
		require.Equal(t, []any{true, "ear@patients.example"}, []any{sent["success"], sent["email"]})
		require.NotContains(t, sent, "share_url")
	}
	emails := s.resend.Emails()
	require.Len(t, emails, 1)
	require.Equal(t, []any{[]string{"ear@patients.example"}, "A call recording from Lakeside Dental"}, []any{emails[0].To, emails[0].Subject})
	link := regexp.MustCompile(backend + `/s/\S{43}`).FindString(emails[0].Text)
	require.NotEmpty(t, link, emails[0].Text)
	require.Contains(t, emails[0].HTML, link)
	require.Equal(t, http.StatusOK, s.visit(t, http.MethodGet, link).Code)

	require.Equal(t, 1, s.number(t, `select count(*) from public.messages where org_id = $1 and method = 'email' and category = 'share' and status = 'sent'
		and recipient = 'ear@patients.example' and external_message_id = $2 and service_provider = 'platform_resend' and sent_at is not null
		and actor_user_id = $3 and call_id = $4 and content like '%[link]%'`, s.org, emails[0].ID, s.user, s.call))
	require.Zero(t, s.number(t, `select count(*) from public.messages m where m::text like '%' || $1 || '%'`, strings.TrimPrefix(link, backend+"/s/")))
	shown := s.shares(t)[0].(map[string]any)
	require.Equal(t, []any{"ear@patients.example", "sent", "open"}, []any{shown["recipient"], shown["message_status"], shown["state"]})
	require.NotContains(t, shown, "token_hash")
}

func TestWhenTheProviderFailsTheRowIsKeptAndTheLinkOpensNothing(t *testing.T) {
	t.Parallel()
	s := share(t)
	s.resend.Fail(sandbox.Failure{Status: 422})
	refused := requireRefusal(t, s.console(t, http.MethodPost, s.path+"/share", `{"email": "ear@patients.example"}`), http.StatusInternalServerError, CodeInternal)
	require.Equal(t, "Failed to share recording. Please try again later.", refused.Error)
	require.Equal(t, 1, s.number(t, "select count(*) from public.messages where category = 'share' and status = 'failed' and reason = 'refused'"))
	require.Equal(t, "not_sent", s.shares(t)[0].(map[string]any)["state"])

	s.resend.Fail(sandbox.Failure{Status: 500, Acts: true})
	requireRefusal(t, s.console(t, http.MethodPost, s.path+"/share", `{"email": "ear@patients.example"}`), http.StatusBadGateway, CodeDeliveryUnknown)
	link := regexp.MustCompile(backend + `/s/\S{43}`).FindString(s.resend.Emails()[0].Text)
	require.Equal(t, http.StatusOK, s.visit(t, http.MethodGet, link).Code, "it may have arrived, and did")
}

func TestNothingIsSharedWithoutAWayOrARecording(t *testing.T) {
	t.Parallel()
	folder, err := storage.NewDirectory(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	s := shareIn(t, folder, false)
	other, _ := s.signUp(t, "bea.quillworth@patients.example")
	foreign := s.made(t, strings.Replace(insertCall, "'at_provider'", "'stored'", 1), other, "call-2")
	none := s.made(t, strings.Replace(insertCall, "'at_provider'", "'none'", 1), s.org, "call-3")
	waiting := s.made(t, insertCall, s.org, "call-4")
	at := func(call uuid.UUID) string { return "/api/calls-dashboard/" + call.String() }
	const named = `{"email": "ear@patients.example"}`

	refused := requireRefusal(t, s.console(t, http.MethodPost, s.path+"/share", named), http.StatusBadRequest, CodeNotConfigured)
	require.Equal(t, "E-mail is not configured for your organization", refused.Error)
	for _, body := range []string{"", named} {
		refused = requireRefusal(t, s.console(t, http.MethodPost, at(foreign)+"/share", body), http.StatusNotFound, CodeNotFound)
		require.Equal(t, "Call not found", refused.Error)
	}
	requireRefusal(t, s.console(t, http.MethodGet, at(foreign)+"/shares", ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, s.console(t, http.MethodDelete, "/api/shares/"+uuid.NewString(), ""), http.StatusNotFound, CodeNotFound)
	refused = requireRefusal(t, s.console(t, http.MethodPost, at(none)+"/share", "{}"), http.StatusBadRequest, CodeBadRequest)
	require.Equal(t, "This call does not have a recording", refused.Error)
	requireRefusal(t, s.console(t, http.MethodPost, at(waiting)+"/share", `{"email": null}`), http.StatusConflict, CodeConflict)
	for _, bad := range []string{"nobody", "a@b@c", "Ear <ear@patients.example>", `ear@patients.example\r\nBcc: all@patients.example`, "a@patients.example,b@patients.example", ""} {
		requireRefusal(t, s.console(t, http.MethodPost, s.path+"/share", `{"email": "`+bad+`"}`), http.StatusBadRequest, CodeBadRequest)
	}
	require.Zero(t, s.number(t, "select (select count(*) from public.messages) + (select count(*) from public.recording_shares)"), "no link and no row")
	s.become(t, "viewer")
	requireRefusal(t, s.console(t, http.MethodPost, s.path+"/share", ""), http.StatusForbidden, CodeForbidden)
}

func TestAStorageWithAddressesIsLedTo(t *testing.T) {
	t.Parallel()
	played := sandbox.NewSupabaseStorage("test-secret-service-key", "recordings")
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	store, err := storage.NewSupabase(storage.SupabaseOptions{URL: server.URL, ServiceKey: "test-secret-service-key", Bucket: "recordings", HTTP: server.Client()})
	require.NoError(t, err)
	s := shareIn(t, store, false)
	link := s.link(t)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		led := s.visit(t, method, link+"/audio")
		require.Equal(t, http.StatusFound, led.Code)
		require.Equal(t, "private, no-store", led.Header().Get("Cache-Control"))
		resp, err := server.Client().Get(led.Header().Get("Location")) //nolint:noctx // of this test's own server
		require.NoError(t, err)
		require.Equal(t, s.sound, readAll(t, resp.Body))
		require.NoError(t, resp.Body.Close())
	}
	address := s.ok(t, http.MethodGet, s.path+"/recording-url", "")["recording_url"].(string)
	require.True(t, strings.HasPrefix(address, server.URL), address)
	played.Fail(sandbox.Failure{Status: 503})
	requireRefusal(t, s.visit(t, http.MethodGet, link+"/audio"), http.StatusServiceUnavailable, CodeBusy)
}

func TestTheSameWishAtOnceIsOneEMail(t *testing.T) {
	t.Parallel()
	s := share(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			r := s.request(t, http.MethodPost, s.path+"/share", `{"email": "ear@patients.example"}`, "X-Request-Id", "req-share-1")
			s.handler.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	all.Wait()
	require.Len(t, s.resend.Emails(), 1)
	require.Len(t, s.shares(t), 1)
}
