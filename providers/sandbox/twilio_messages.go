package sandbox

import (
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// create accepts a text or refuses it with Twilio's code. The lock is held.
func (t *Twilio) create(w http.ResponseWriter, r *http.Request, sid string, account *twilioAccount) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" || r.ParseForm() != nil {
		refuseTwilio(w, http.StatusBadRequest, 20001, "The body must be form encoded")
		return
	}
	form := r.PostForm
	if code, message := t.objection(form, account); code != 0 {
		refuseTwilio(w, http.StatusBadRequest, code, message)
		return
	}
	text := &SentText{SID: newID("SM"), AccountSID: sid, From: form.Get("From"), To: form.Get("To"), Body: form.Get("Body"),
		StatusCallback: form.Get("StatusCallback"), Status: "queued", Segments: segments(form.Get("Body")), Created: time.Now()}
	t.texts = append(t.texts, text)
	if len(t.texts) > maxKept {
		t.texts = slices.Delete(t.texts, 0, len(t.texts)-maxKept)
	}
	if t.deliver && text.StatusCallback != "" && t.life.Err() == nil {
		t.running.Go(func() { t.reportAll(text.SID) })
	}
	answerTwilio(w, http.StatusCreated, text.json())
}

// objection returns Twilio's code and words against a text, 0 for none.
func (t *Twilio) objection(form url.Values, account *twilioAccount) (code int, message string) {
	from, to, body := form.Get("From"), form.Get("To"), form.Get("Body")
	owned := slices.ContainsFunc(account.numbers, func(n TwilioNumber) bool { return n.Number == from && !n.NoSMS })
	switch {
	case to == "":
		return 21604, "A 'To' phone number is required."
	case !e164.MatchString(to):
		return 21211, "The 'To' number " + to + " is not a valid phone number."
	case from == "":
		return 21603, "A 'From' phone number is required."
	case !e164.MatchString(from):
		return 21212, "The 'From' number " + from + " is not a valid phone number, shortcode, or alphanumeric sender ID."
	case !owned:
		return 21606, "The 'From' phone number provided (" + from + ") is not a valid message-capable Twilio phone number for this destination."
	case strings.TrimSpace(body) == "":
		return 21602, "Message body is required."
	case utf8.RuneCountInString(body) > 1600:
		return 21617, "The concatenated message body exceeds the 1600 character limit."
	case form.Has("StatusCallback") && !validCallback(form.Get("StatusCallback")):
		return 21609, "The StatusCallback URL " + form.Get("StatusCallback") + " is not a valid URL."
	case t.optedOut[numberPair{ours: from, theirs: to}]:
		return 21610, "Attempt to send to unsubscribed recipient"
	}
	return 0, ""
}

// validCallback: an absolute http(s) address; underscores in host names are refused.
func validCallback(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.Contains(u.Hostname(), "_")
}

// json is the text as Twilio shows it: dates in RFC 2822, null while unknown.
func (s *SentText) json() map[string]any {
	orNull := func(known bool, v any) any {
		if known {
			return v
		}
		return nil
	}
	uri := "/2010-04-01/Accounts/" + s.AccountSID + "/Messages/" + s.SID
	return map[string]any{
		"sid": s.SID, "account_sid": s.AccountSID, "api_version": "2010-04-01", "messaging_service_sid": nil,
		"from": s.From, "to": s.To, "body": s.Body, "direction": "outbound-api", "status": s.Status,
		"num_segments": strconv.Itoa(s.Segments), "num_media": "0", "price": nil, "price_unit": "USD",
		"error_code": orNull(s.ErrorCode != 0, s.ErrorCode), "error_message": nil,
		"date_created": rfc2822(s.Created), "date_updated": rfc2822(s.Created),
		"date_sent": orNull(!s.Sent.IsZero(), rfc2822(s.Sent)),
		"uri":       uri + ".json", "subresource_uris": map[string]any{"media": uri + "/Media.json"},
	}
}

func rfc2822(at time.Time) string { return at.UTC().Format(time.RFC1123Z) }

// list answers with a page of the account's texts, newest first. The lock is held.
func (t *Twilio) list(w http.ResponseWriter, q url.Values, sid string) {
	from, before, known := dateFilter(q)
	size, err := strconv.Atoi(q.Get("PageSize"))
	if q.Get("PageSize") == "" {
		size, err = 50, nil
	}
	if !known || err != nil || size < 1 {
		refuseTwilio(w, http.StatusBadRequest, 20001, "Invalid filter or page size")
		return
	}
	size = min(size, 1000)
	var matching []*SentText
	for _, text := range slices.Backward(t.texts) {
		if text.AccountSID == sid && (q.Get("To") == "" || text.To == q.Get("To")) && (q.Get("From") == "" || text.From == q.Get("From")) &&
			(from.IsZero() || !text.Sent.IsZero() && !text.Sent.Before(from)) &&
			(before.IsZero() || !text.Sent.IsZero() && text.Sent.Before(before)) {
			matching = append(matching, text)
		}
	}
	if token := strings.TrimPrefix(q.Get("PageToken"), "PA"); token != "" {
		at := slices.IndexFunc(matching, func(s *SentText) bool { return s.SID == token })
		matching = matching[at+1:]
	}
	page, next := matching[:min(size, len(matching))], any(nil)
	if len(matching) > size {
		next = nextPageURI(sid, q, page[len(page)-1].SID)
	}
	messages := make([]any, len(page))
	for i, text := range page {
		messages[i] = text.json()
	}
	answerTwilio(w, http.StatusOK, map[string]any{"messages": messages, "page_size": size, "next_page_uri": next})
}

// nextPageURI repeats the question, with the place to go on from.
func nextPageURI(sid string, q url.Values, last string) string {
	number, _ := strconv.Atoi(q.Get("Page")) // absent: the first page, 0
	next := url.Values{}
	for key, values := range q {
		next[key] = values
	}
	next.Set("Page", strconv.Itoa(number+1))
	next.Set("PageToken", "PA"+last)
	return "/2010-04-01/Accounts/" + sid + "/Messages.json?" + next.Encode()
}

// dateFilter reads DateSent, DateSent> and DateSent<: days in GMT, or moments in RFC 3339. Texts that have not been sent
// fit none of them. Zero times are no limits; false means unreadable.
func dateFilter(q url.Values) (from, before time.Time, known bool) {
	read := func(key string) (time.Time, bool) {
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if at, err := time.Parse(layout, q.Get(key)); err == nil {
				return at, true
			}
		}
		return time.Time{}, q.Get(key) == ""
	}
	on, known1 := read("DateSent")
	from, known2 := read("DateSent>")
	before, known3 := read("DateSent<")
	if !on.IsZero() {
		from, before = on.Truncate(24*time.Hour), on.Truncate(24*time.Hour).Add(24*time.Hour)
	}
	return from, before, known1 && known2 && known3
}

// gsm7 and gsm7Double are the characters of the GSM alphabet (3GPP TS 23.038); those of the second take two places.
const (
	gsm7       = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsm7Double = "\f^{}\\[~]|€"
)

// segments counts the parts in which a text travels: 160 places in GSM, 70 in UCS-2; 153 and 67 when there are several.
func segments(body string) int {
	places, single, each := 0, 160, 153
	for _, r := range body {
		switch {
		case strings.ContainsRune(gsm7, r):
			places++
		case strings.ContainsRune(gsm7Double, r):
			places += 2
		default:
			places, single, each = len(utf16.Encode([]rune(body))), 70, 67
		}
		if single == 70 {
			break
		}
	}
	if places <= single {
		return 1
	}
	return (places + each - 1) / each
}
