using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class CallersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_key_is_shown_once_and_only_its_digest_is_kept()
    {
        Cfm run = (await AddAsync("alice")).Expect(0);
        string key = run.Json["key"]!.GetValue<string>();
        Assert.True(CallerKey.TryHash(key, out ByteString? digest));
        string text = File.ReadAllText(_folder["callers.json"]);
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        Assert.Contains(digest.ToString(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_change_counts_the_version_up()
    {
        (await AddAsync("alice")).Expect(0);
        (await AddAsync("bob")).Expect(0);
        Cfm removed = (await Cfm.RunAsync("callers", "remove", _folder["callers.json"], "--name", "alice", "-o", "json")).Expect(0);
        Assert.Equal(3, removed.Json["version"]!.GetValue<int>());
        Cfm list = (await Cfm.RunAsync("callers", "list", _folder["callers.json"], "-o", "json")).Expect(0);
        Assert.Equal("bob", Assert.Single(list.Json["callers"]!.AsArray())!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_stands_once()
    {
        (await AddAsync("alice")).Expect(0);
        string before = File.ReadAllText(_folder["callers.json"]);
        Assert.StartsWith("error: DuplicateMember: ", (await AddAsync("alice")).Expect(30).Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_folder["callers.json"]));
    }

    [Fact]
    public async Task An_unknown_caller_cannot_be_removed()
    {
        (await AddAsync("alice")).Expect(0);
        (await Cfm.RunAsync("callers", "remove", _folder["callers.json"], "--name", "bob")).Expect(10);
    }

    [Fact]
    public async Task A_caller_may_bring_the_digest_of_a_key_of_his_own()
    {
        Cfm made = (await Cfm.RunAsync("callers", "keygen", "-o", "json")).Expect(0);
        string digest = made.Json["sha256"]!.GetValue<string>();
        Cfm added = (await AddAsync("alice", "--key-sha256", digest)).Expect(0);
        Assert.Null(added.Json["key"]);
        Assert.Contains(digest, File.ReadAllText(_folder["callers.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_signed_list_opens_with_the_owners_key()
    {
        (await AddAsync("alice")).Expect(0);
        (await Cfm.RunAsync("keygen", "--owner-key", _folder["owner.pem"])).Expect(0);
        (await Cfm.RunAsync("callers", "sign", _folder["callers.json"], "--owner-key", _folder["owner.pem"], "--out", _folder["callers.dsse.json"])).Expect(0);
        Assert.True(OwnerPublicKey.TryFromPem(File.ReadAllText(_folder["owner.pub.pem"]), out OwnerPublicKey? owner, out _));
        Assert.True(CallerList.TryOpen(File.ReadAllBytes(_folder["callers.dsse.json"]), [owner], out CallerList? list, out Refusal? refusal), refusal?.ToString());
        Assert.Equal("alice", Assert.Single(list.Callers).Name);
    }

    [Fact]
    public async Task A_table_is_printed_for_people()
    {
        (await AddAsync("alice")).Expect(0);
        Cfm run = (await Cfm.RunAsync("callers", "list", _folder["callers.json"])).Expect(0);
        Assert.Contains("alice", run.Output, StringComparison.Ordinal);
        Assert.Contains("triage-notes", run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Cfm> AddAsync(string name, params string[] more) => Cfm.RunAsync([
        "callers", "add", _folder["callers.json"], "--tenant", "clinic", "--name", name, "--model", "triage-notes", "--valid-days", "30", "-o", "json", .. more]);
}
