package settings
import ("testing";"strings";"time";"fmt")
func TestZZ(t *testing.T){
 n:=1<<20-10
 for name,s:=range map[string]string{
  "brackets":"\n"+strings.Repeat("[",n), "braces":"\n"+strings.Repeat("{a: ",n/4), "dashes":"\n"+strings.Repeat("- ",n/2), "q":"\n"+strings.Repeat("? ",n/2),
  "comments":strings.Repeat("#\n",n/2), "keys":func()string{var b strings.Builder; for i:=0;b.Len()<n-20;i++{fmt.Fprintf(&b,"k%d:\n",i)};return b.String()}(),
  "flat":"\naccounts: ["+strings.Repeat("1,",n/2)+"]", "anchors":"\n"+strings.Repeat("&a ",n/3), "bang":"\n"+strings.Repeat("!",n), "longkey":"\n"+strings.Repeat("k",n)+": 1",
  "flatexcl":"\naccounts: ["+strings.Repeat("1,",n/4)+"]\nexclude_accounts: ["+strings.Repeat("2,",n/4-30)+"]",
  "spaces":strings.Repeat("\n ",n/2), "quote":"\n\""+strings.Repeat("\n",n-5),"nested": func()string{var b strings.Builder; for i:=0;b.Len()<n-3000;i++{b.WriteString(strings.Repeat(" ",i)+"a:\n")};return b.String()}(),
 }{
  st:=time.Now(); _,err:=Parse(Sources{Stanza: map[string]string{"config":s}}); e:=fmt.Sprint(err); if len(e)>150{e=e[:150]}
  t.Log(name,time.Since(st),e)
 }
}
