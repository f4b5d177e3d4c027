package texting_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestATranscriptIsExportedAsText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.withVisits(t)
	b.database.Exec(t, "update contacts set name = E'Zoë \"Z\"\\r\\nQuillfeather 😀' where id = $1", zoe)
	viewer := b.as(t, lakeside, "viewer")
	for _, wish := range []any{nil, map[string]any{"format": "txt"}, map[string]any{}} {
		file := viewer.do(t, http.MethodPost, transcriptOne, wish)
		require.Equal(t, http.StatusOK, file.status, file.body)
		require.Equal(t, "text/plain; charset=utf-8", file.header.Get("Content-Type"))
		require.Equal(t, "no-store", file.header.Get("Cache-Control"))
		require.Equal(t, `attachment; filename="transcript-a0000000-0000-7000-8000-0000000000c1.txt"; `+
			`filename*=UTF-8''transcript%20Zo%C3%AB%20_Z_%20Quillfeather%20%F0%9F%98%80%202030-03-04.txt`, file.header.Get("Content-Disposition"))
		for _, line := range []string{"Lakeside Dental\n", "Caller:    Zoë \"Z\" Quillfeather 😀\n", "Number:    +13125550111\n",
			"Date:      Monday, March 4, 2030, 9:00 AM CST\n", "Duration:  01:05\n", "\n[00:00] Assistant: Hello\n[01:05] Caller: zanzibar-lilac\n"} {
			require.Contains(t, file.body, line)
		}
		require.Equal(t, 1, b.count(t, `select count(*) from messages where position(external_message_id in $1) > 0`, file.body), "who took it can be found")
	}
	require.Equal(t, 3, b.count(t, `select count(*) from audit_log where action = 'transcript_exported' and entity_id = 'a0000000-0000-7000-8000-0000000000c1'`))
	viewer.do(t, http.MethodPost, transcriptTwo, nil).requireRefused(t, http.StatusBadRequest, "bad_request", "This call does not have a transcript")
	require.Equal(t, 3, b.count(t, `select count(*) from messages`))
}

func TestAPDFIsFetchedByItsAddressOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.withVisits(t)
	staff := b.as(t, lakeside, "staff")
	url := b.exported(t, staff)
	file := b.fetch(t, url)
	require.Equal(t, http.StatusOK, file.status, file.body)
	require.Equal(t, "application/pdf", file.header.Get("Content-Type"))
	require.Contains(t, file.header.Get("Content-Disposition"), "Quillfeather%202030-03-04.pdf")
	require.Equal(t, "no-referrer", file.header.Get("Referrer-Policy"))
	require.True(t, bytes.HasPrefix([]byte(file.body), []byte("%PDF-")))
	require.Equal(t, 1, b.count(t, `select count(*) from audit_log where action = 'transcript_read'`))

	t.Run("changed in any place", func(t *testing.T) {
		token := url[strings.LastIndexByte(url, '/')+1:]
		raw, err := base64.RawURLEncoding.DecodeString(token)
		require.NoError(t, err)
		for i := range raw {
			raw[i] ^= 1
			changed := b.fetch(t, strings.Replace(url, token, base64.RawURLEncoding.EncodeToString(raw), 1))
			changed.requireRefused(t, http.StatusNotFound, "not_found", "")
			raw[i] ^= 1
		}
		for _, odd := range []string{"x", token + "A", token[:len(token)-1], "%20" + token} {
			require.Contains(t, []int{400, 404}, b.fetch(t, strings.Replace(url, token, odd, 1)).status, odd)
		}
	})
	t.Run("once the call was deleted", func(t *testing.T) {
		b.database.Exec(t, `update call_logs set deleted_at = $1 where vapi_call_id = 'call-1'`, now)
		b.fetch(t, url).requireRefused(t, http.StatusNotFound, "not_found", "Call not found")
		staff.do(t, http.MethodPost, transcriptOne, nil).requireRefused(t, http.StatusNotFound, "not_found", "Call not found")
		b.database.Exec(t, `update call_logs set deleted_at = null where vapi_call_id = 'call-1'`)
	})
	t.Run("once its maker left", func(t *testing.T) {
		require.Equal(t, http.StatusOK, b.fetch(t, url).status)
		b.database.Exec(t, `delete from profiles where role = 'staff'`)
		b.fetch(t, url).requireRefused(t, http.StatusUnauthorized, "not_a_member", "")
	})
}

func TestTheAddressOfAPDFEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.withVisits(t)
	staff := b.as(t, lakeside, "staff")
	b.later.Store(int64(-10 * time.Minute))
	ended := b.exported(t, staff)
	b.later.Store(int64(-10*time.Minute + time.Second))
	lasts := b.exported(t, staff)
	b.later.Store(0)
	b.fetch(t, ended).requireRefused(t, http.StatusGone, "gone", "This link has expired")
	require.Equal(t, http.StatusOK, b.fetch(t, lasts).status)
}

// Each clinic gets addresses of its own calls only, and what is read by them stands in its own audit log.
func TestAnAddressBelongsToOneOrganization(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.withVisits(t)
	own := b.exported(t, b.as(t, lakeside, "staff"))
	require.Equal(t, http.StatusOK, b.fetch(t, own).status)
	other := b.as(t, harbor, "owner")
	other.do(t, http.MethodPost, transcriptOne+"?format=pdf", nil).requireRefused(t, http.StatusNotFound, "not_found", "Call not found")
	theirs := other.do(t, http.MethodPost, transcriptElse+"?format=pdf", nil)
	require.Equal(t, http.StatusOK, theirs.status, theirs.body)
	file := b.fetch(t, theirs.json(t)["export_url"].(string))
	require.Equal(t, http.StatusOK, file.status)
	require.Equal(t, 1, b.count(t, `select count(*) from audit_log where action = 'transcript_read' and org_id = $1`, harbor))
}

// exported asks for a PDF and returns its address.
func (b *bundle) exported(t *testing.T, by member) string {
	t.Helper()
	made := by.do(t, http.MethodPost, transcriptOne+"?format=pdf", map[string]any{"format": "txt"}, "X-Request-Id", uuid.NewString())
	require.Equal(t, http.StatusOK, made.status, made.body)
	require.Equal(t, "no-store", made.header.Get("Cache-Control"))
	require.Equal(t, true, made.json(t)["success"])
	url := made.json(t)["export_url"].(string)
	require.True(t, strings.HasPrefix(url, b.url+"/api/exports/"), url)
	return url
}

// fetch opens an address as a browser does, without a token.
func (b *bundle) fetch(t *testing.T, url string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	return b.send(t, r)
}
