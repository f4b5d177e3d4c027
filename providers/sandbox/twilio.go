package sandbox

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits of what is kept and taken.
const (
	maxKept     = 10_000  // texts and e-mails; the oldest go first
	maxFormBody = 1 << 20 // bytes of a form
)

// Twilio plays Twilio's REST interface: sending and listing texts, looking up the account and its numbers, saying where
// what comes to a number goes, and signed call-backs. It plays the carriers' STOP, START and HELP too. It is an http.Handler, safe for concurrent use.
type Twilio struct {
	failures failures
	client   *http.Client
	life     context.Context // of the automatic call-backs
	end      context.CancelFunc
	running  sync.WaitGroup

	mu       sync.Mutex
	accounts map[string]*twilioAccount
	texts    []*SentText // in the order of their creation
	replies  []SentText  // what the carrier answered by itself
	optedOut map[numberPair]bool
	deliver  bool
	advanced bool
	last     *webhook
}

type twilioAccount struct {
	token   string
	status  string // active, suspended, closed
	numbers []TwilioNumber
}

// numberPair is one of our numbers and a patient's: opt-outs hold between the two.
type numberPair struct{ ours, theirs string }

// SentText is a text that was accepted. Status goes forward with the call-backs.
type SentText struct {
	SID            string
	AccountSID     string
	From, To, Body string
	StatusCallback string
	Status         string
	ErrorCode      int // 0: none
	Segments       int
	Created        time.Time
	Sent           time.Time // zero while it is queued
}

// NewTwilio plays Twilio without any account. Close ends its automatic call-backs.
func NewTwilio() *Twilio {
	transport := &http.Transport{DisableKeepAlives: true}
	life, end := context.WithCancel(context.Background())
	return &Twilio{
		client: &http.Client{Transport: transport, Timeout: 15 * time.Second}, // Twilio waits no longer for a webhook
		life:   life, end: end,
		accounts: map[string]*twilioAccount{}, optedOut: map[numberPair]bool{},
	}
}

// Close stops the automatic call-backs and waits for those under way. It may be called twice.
func (t *Twilio) Close() {
	t.mu.Lock()
	t.end() // under the lock: no call-back starts after it
	t.mu.Unlock()
	t.running.Wait()
}

// AddAccount adds an active account, or replaces it, with the numbers (E.164) that it owns and may text from.
func (t *Twilio) AddAccount(sid, token string, numbers ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	account := &twilioAccount{token: token, status: "active"}
	for _, number := range numbers {
		account.numbers = append(account.numbers, fresh(TwilioNumber{Number: number}))
	}
	t.accounts[sid] = account
}

// Suspend makes an account one that Twilio has suspended. Unknown accounts are left alone.
func (t *Twilio) Suspend(sid string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if account := t.accounts[sid]; account != nil {
		account.status = "suspended"
	}
}

// AddVoiceNumber gives an account a number that cannot text. Unknown accounts are left alone.
func (t *Twilio) AddVoiceNumber(sid, number string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if account := t.accounts[sid]; account != nil {
		account.numbers = append(account.numbers, fresh(TwilioNumber{Number: number, NoSMS: true}))
	}
}

// Deliver switches automatic delivery on or off: each later text is reported sent, then delivered, at its StatusCallback.
func (t *Twilio) Deliver(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deliver = on
}

// Texts returns the accepted texts, oldest first; at most the last 10,000 are kept.
func (t *Twilio) Texts() []SentText {
	t.mu.Lock()
	defer t.mu.Unlock()
	texts := make([]SentText, len(t.texts))
	for i, text := range t.texts {
		texts[i] = *text
	}
	return texts
}

// CarrierReplies returns what the carrier answered to STOP, START and HELP by itself, oldest first.
func (t *Twilio) CarrierReplies() []SentText {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.replies)
}

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (t *Twilio) Fail(f ...Failure) { t.failures.order(f) }

// Requests returns how many requests came so far, refused and failed ones included.
func (t *Twilio) Requests() int { return t.failures.count() }

// ServeHTTP fails if told to, checks the account's credentials, and serves.
func (t *Twilio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failure := t.failures.next()
	if _, whole := readBody(w, r, maxFormBody); !whole {
		refuseTwilio(w, http.StatusRequestEntityTooLarge, 20001, "The request is too large")
		return
	}
	failure.play(w, r, t.serve, func(w http.ResponseWriter, status int) {
		code := 20500
		switch status {
		case http.StatusTooManyRequests:
			code = 20429
		case http.StatusUnauthorized:
			code = 20003
		}
		if failure.Code != 0 {
			code = failure.Code
		}
		refuseTwilio(w, status, code, http.StatusText(status))
	})
}

// serve finds the account in the path and what is wanted of it.
func (t *Twilio) serve(w http.ResponseWriter, r *http.Request) {
	rest, versioned := strings.CutPrefix(r.URL.Path, "/2010-04-01/Accounts/")
	sid, resource, _ := strings.Cut(strings.TrimSuffix(rest, ".json"), "/")
	if !versioned || !strings.HasSuffix(rest, ".json") {
		refuseTwilio(w, http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	account := t.authorized(r, sid)
	switch {
	case account == nil:
		w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
		refuseTwilio(w, http.StatusUnauthorized, 20003, "Authenticate")
	case r.Method == http.MethodGet && resource == "":
		answerTwilio(w, http.StatusOK, map[string]any{"sid": sid, "status": account.status, "type": "Full", "friendly_name": "Sandbox"})
	case account.status != "active":
		refuseTwilio(w, http.StatusForbidden, 20005, "Account is not active")
	case r.Method == http.MethodGet && resource == "IncomingPhoneNumbers":
		account.list(w, r.URL.Query(), sid)
	case (r.Method == http.MethodGet || r.Method == http.MethodPost) && strings.HasPrefix(resource, "IncomingPhoneNumbers/"):
		account.serveNumber(w, r, sid, strings.TrimPrefix(resource, "IncomingPhoneNumbers/"))
	case r.Method == http.MethodGet && resource == "Messages":
		t.list(w, r.URL.Query(), sid)
	case r.Method == http.MethodPost && resource == "Messages":
		t.create(w, r, sid, account)
	default:
		refuseTwilio(w, http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
	}
}

// authorized returns the account when user and password are its own.
func (t *Twilio) authorized(r *http.Request, sid string) *twilioAccount {
	user, password, sent := r.BasicAuth()
	account := t.accounts[sid]
	if !sent || account == nil || user != sid || account.token == "" ||
		subtle.ConstantTimeCompare([]byte(password), []byte(account.token)) != 1 {
		return nil
	}
	return account
}

func answerTwilio(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone away is not our trouble
}

// refuseTwilio writes Twilio's error body. Like Twilio's, texts quote what was sent.
func refuseTwilio(w http.ResponseWriter, status, code int, message string) {
	answerTwilio(w, status, map[string]any{"code": code, "message": message, "status": status,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code)})
}

// newID is prefix and 32 hex digits, as Twilio's ids are.
func newID(prefix string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return prefix + hex.EncodeToString(b[:])
}
