// Fake is a modular input that does what its setting act says: well-behaved, or one of the things that splunkd must notice.
package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const scheme = `<scheme><title>Fake</title><use_external_validation>true</use_external_validation><use_single_instance>false</use_single_instance>
<streaming_mode>xml</streaming_mode><endpoint><args>
<arg name="act"><title>What it does</title><required_on_create>true</required_on_create></arg>
<arg name="count"><title>How often</title><data_type>number</data_type></arg>
<arg name="text"><title>Anything</title></arg>
<arg name="loud"><title>Loud</title><data_type>boolean</data_type></arg>
</args></endpoint></scheme>`

type param struct {
	Name  string `xml:"name,attr"`
	Value string `xml:",chardata"`
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--scheme" {
		fmt.Println(scheme)
		return
	}
	var in struct {
		SessionKey string `xml:"session_key"`
		Checkpoint string `xml:"checkpoint_dir"`
		Stanza     struct {
			Name   string  `xml:"name,attr"`
			Params []param `xml:"param"`
		} `xml:"configuration>stanza"`
		Item struct {
			Params []param `xml:"param"`
		} `xml:"item"`
	}
	if err := xml.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fmt.Fprintln(os.Stderr, "FATAL no input:", err)
		os.Exit(1)
	}
	set := map[string]string{}
	for _, p := range append(in.Stanza.Params, in.Item.Params...) {
		set[p.Name] = p.Value
	}
	if len(os.Args) > 1 {
		validate(set["act"])
		return
	}
	set["session_key"], set["checkpoint_dir"], set["stanza"] = in.SessionKey, in.Checkpoint, in.Stanza.Name
	run(set)
}

func validate(act string) {
	switch act {
	case "refused":
		fmt.Println("<error><message>act: it is refused &amp; why</message></error>")
		os.Exit(1)
	case "silent":
		os.Exit(1)
	case "chatty":
		fmt.Println("all is well")
	}
}

func run(set map[string]string) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	if set["act"] != "deaf" {
		fmt.Fprintln(os.Stderr, "INFO begins")
	}
	switch set["act"] {
	case "good", "refused":
		tell(event("1795322118.5", `{"act":"good","n":1,"text":`+quote(set["text"])+`}`))
	case "settings":
		tell(event("", fmt.Sprintf(`{"act":%s,"text":%s,"given_host":%s,"given_index":%s,"interval":%s,"start_by_shell":%s,"checkpoint":%s,"stanza":%s,"loud":%s}`, quote(set["act"]),
			quote(set["text"]), quote(set["host"]), quote(set["index"]), quote(set["interval"]), quote(set["start_by_shell"]), quote(set["checkpoint_dir"]),
			quote(set["stanza"]), quote(set["loud"]))))
	case "environment":
		cwd, _ := os.Getwd()
		tell(event("", fmt.Sprintf(`{"cwd":%s,"names":%s,"parent":%d}`, quote(cwd), quote(names()), os.Getppid())))
	case "parse":
		tell(event("", set["text"]))
	case "raw":
		fmt.Print(set["text"])
	case "early":
		fmt.Println("starting up")
		tell(event("", `{}`))
	case "waits for the end":
		io.ReadAll(os.Stdin)
		tell(event("", `{}`))
	case "cut":
		fmt.Print("<stream>", event("", `{}`), "<event><data>ha")
		os.Exit(3)
	case "child":
		c := exec.Command("sleep", "60")
		c.Stdout = os.Stdout
		c.Start()
		tell(event("", `{}`))
	case "key":
		fmt.Fprintln(os.Stderr, "INFO the key is", set["session_key"])
	case "endless":
		fmt.Print("<stream>")
		for n := 0; ; n++ {
			select {
			case <-told:
				fmt.Print("</stream>")
				return
			case <-time.After(time.Millisecond):
			}
			if _, err := fmt.Print(event("", fmt.Sprintf(`{"n":%d}`, n))); err != nil {
				fmt.Fprintln(os.Stderr, "WARN", n, "not written")
				os.Exit(1)
			}
		}
	case "stubborn":
		select {}
	case "levels":
		fmt.Fprint(os.Stderr, "DEBUG d\nWARN w\nno level\nERROR e\n")
	}
}

func tell(events ...string) { fmt.Print("<stream>", strings.Join(events, ""), "</stream>") }

func event(at, data string) string {
	if at != "" {
		at = "<time>" + at + "</time>"
	}
	var escaped strings.Builder
	xml.EscapeText(&escaped, []byte(data))
	return `<event unbroken="1">` + at + `<data>` + escaped.String() + `</data><done/></event>`
}

func quote(text string) string { return fmt.Sprintf("%q", text) }

func names() string {
	var all []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		all = append(all, name)
	}
	return strings.Join(all, " ")
}
