package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/rivo/uniseg"
)

// The texts of a command's help are the messages help.<command> (one
// sentence), help.<command>.more (what a stranger needs to know, with
// examples; may be missing), help.<command>.<flag or argument>, and
// help.flag.<flag> for the flags that every command has.

// printHelp prints the help of the selected command in the reader's language.
func (a *app) printHelp(_ kong.HelpOptions, ctx *kong.Context) error {
	a.helped = true
	node := ctx.Selected()
	if node == nil {
		return a.printOverview(ctx.Model)
	}
	children := visible(node)
	if node.DefaultCmd != nil { // callpace kpi sales is callpace kpi query sales
		node = node.DefaultCmd
	}
	key := commandKey(node)
	a.help(key)
	fmt.Fprintf(a.stdout, "\n%s\n  callpace %s\n", a.text("help.usage"), strings.TrimSpace(node.Summary()))
	if len(children) > 0 {
		a.section("help.commands", a.commandRows(children))
	}
	var args [][2]string
	for _, arg := range node.Positional {
		args = append(args, [2]string{arg.Summary(), a.text(key + "." + arg.Name)})
	}
	a.section("help.arguments", args)
	var own, global [][2]string
	for _, f := range node.Flags {
		own = append(own, [2]string{flagSummary(f), a.text(key+"."+f.Name) + defaultOf(f)})
	}
	for _, f := range ctx.Model.Flags {
		if f.Name != "help" {
			global = append(global, [2]string{flagSummary(f), a.text("help.flag."+f.Name) + defaultOf(f)})
		}
	}
	a.section("help.flags", own)
	a.section("help.global_flags", global)
	if a.say.Has(key + ".more") {
		fmt.Fprintf(a.stdout, "\n%s\n", strings.Trim(a.text(key+".more"), "\n"))
	}
	return nil
}

func (a *app) printOverview(model *kong.Application) error {
	a.help("help.app")
	fmt.Fprintf(a.stdout, "\n%s\n  callpace %s\n", a.text("help.usage"), a.text("help.usage_line"))
	a.section("help.commands", a.commandRows(visible(model.Node)))
	fmt.Fprintf(a.stdout, "\n%s\n", a.text("help.app.more"))
	return nil
}

func (a *app) commandRows(nodes []*kong.Node) [][2]string {
	rows := make([][2]string, len(nodes))
	for i, n := range nodes {
		rows[i] = [2]string{n.Name, a.text(commandKey(n))}
	}
	return rows
}

func visible(n *kong.Node) []*kong.Node {
	return slices.DeleteFunc(slices.Clone(n.Children), func(c *kong.Node) bool { return c.Hidden })
}

// commandKey is the key of a command's help text: help.mapping.guess.
func commandKey(n *kong.Node) string {
	key := n.Name
	for p := n.Parent; p != nil && p.Type == kong.CommandNode; p = p.Parent {
		key = p.Name + "." + key
	}
	return "help." + key
}

func flagSummary(f *kong.Flag) string {
	s := "--" + f.Name
	if f.Short != 0 {
		s = "-" + string(f.Short) + ", " + s
	}
	if !f.IsBool() {
		s += "=" + f.FormatPlaceHolder()
	}
	return s
}

// defaultOf tells what a flag is where it is not given.
func defaultOf(f *kong.Flag) string {
	if f.Default == "" {
		return ""
	}
	return " [" + f.Default + "]"
}

func (a *app) help(key string) { fmt.Fprintln(a.stdout, a.text(key)) }

func (a *app) text(key string) string { return a.say.T(key, nil) }

// section prints pairs of a term and its text, the texts aligned and wrapped.
func (a *app) section(title string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "\n%s\n", a.text(title))
	width := 0
	for _, r := range rows {
		width = max(width, uniseg.StringWidth(r[0]))
	}
	width = min(width, 26)
	for _, r := range rows {
		indent := strings.Repeat(" ", width+4)
		first := "  " + r[0] + strings.Repeat(" ", max(0, width-uniseg.StringWidth(r[0]))) + "  "
		if uniseg.StringWidth(r[0]) > width {
			first = "  " + r[0] + "\n" + indent
		}
		fmt.Fprintln(a.stdout, first+strings.Join(wrap(r[1], 100-len(indent)), "\n"+indent))
	}
}

// wrap breaks a text into lines of at most width columns.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && uniseg.StringWidth(line)+1+uniseg.StringWidth(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
