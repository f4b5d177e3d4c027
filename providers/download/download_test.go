package download

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnlyPublicAddressesAreReached(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"8.8.8.8": true, "52.1.2.3": true, "2606:4700::1": true,
		"127.0.0.1": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.100.100.200": false,
		"0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "198.18.0.1": false, "::1": false, "::": false, "fe80::1": false,
		"fd00:ec2::254": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::7f00:1": false,
		"2002:7f00:1::": false,
	} {
		require.Equal(t, public, isPublic(netip.MustParseAddr(address)), address)
	}
}

func TestNothingIsFetchedFromHere(t *testing.T) {
	t.Parallel()
	asked := 0
	here := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(here.Close)
	for _, address := range []string{
		here.URL, strings.Replace(here.URL, "127.0.0.1", "localhost", 1), "http://8.8.8.8/x", "file:///etc/passwd", "https://user:secret@8.8.8.8/",
		"https:///x", "//8.8.8.8", "gopher://8.8.8.8", "::", "",
	} {
		_, err := New(false).Fetch(t.Context(), address, io.Discard, 10)
		require.ErrorIs(t, err, ErrForbidden, address)
	}
	require.Zero(t, asked)
}

func TestAFileIsFetchedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Error("no credentials go anywhere")
		}
		_, _ = w.Write([]byte("0123456789"))
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1000)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("01234"))
	})
	mux.HandleFunc("/again/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		to := "/file"
		if n > 1 {
			to = "/again/" + strconv.Itoa(n-1)
		}
		http.Redirect(w, r, to, http.StatusFound)
	})
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/status/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		w.WriteHeader(n)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client := New(true)
	fetch := func(path string) (string, error) {
		var got bytes.Buffer
		size, err := client.Fetch(t.Context(), server.URL+path, &got, 10)
		require.LessOrEqual(t, got.Len(), 11, "never much more than allowed")
		if err == nil {
			require.EqualValues(t, got.Len(), size)
		} else {
			require.NotContains(t, err.Error(), server.URL, "addresses are secrets")
		}
		return got.String(), err
	}
	for _, path := range []string{"/file", "/again/3"} {
		got, err := fetch(path)
		require.NoError(t, err)
		require.Equal(t, "0123456789", got)
	}
	for path, want := range map[string]error{
		"/endless": ErrTooLarge, "/again/4": ErrForbidden, "/elsewhere": ErrForbidden, "/status/403": ErrGone, "/status/404": ErrGone, "/status/410": ErrGone,
	} {
		_, err := fetch(path)
		require.ErrorIs(t, err, want, path)
	}
	for _, path := range []string{"/broken", "/status/500", "/status/429", "/status/204"} {
		_, err := fetch(path)
		var unavailable *UnavailableError
		require.ErrorAs(t, err, &unavailable, path)
	}
	_, err := client.Fetch(t.Context(), server.URL+"/file", fullDisk{}, 10)
	require.ErrorIs(t, err, errFull)
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = client.Fetch(ended, server.URL+"/file", io.Discard, 10)
	require.ErrorIs(t, err, context.Canceled)
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
