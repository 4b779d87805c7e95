using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Tests;

/// <summary>The guest API over a real socket, with the peculiarities of the real one.</summary>
public sealed class GuestApiTests(SharedPki pki)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(48)]
    [InlineData(64)]
    public async Task EvidenceOverRuntimeDataIsFilledWithZeros(int length)
    {
        await using GuestApi api = await StartAsync();
        byte[] data = [.. Enumerable.Range(1, length).Select(value => (byte)value)];
        byte[] answer = await GetAsync(api, $"aa/evidence?runtime_data={Base64Url.EncodeToString(data)}&encoding=base64");
        Assert.Equal([.. data, .. new byte[64 - length]], ReportData(answer));
    }

    [Fact]
    public async Task WithoutAnEncodingTheTextItselfIsTaken()
    {
        await using GuestApi api = await StartAsync();
        byte[] answer = await GetAsync(api, "aa/evidence?runtime_data=AAAA");
        Assert.Equal(Encoding.ASCII.GetBytes("AAAA"), ReportData(answer)[..4]);
    }

    [Theory]
    [InlineData("aa/evidence")]
    [InlineData("aa/evidence?runtime_data=!!!!&encoding=base64")]
    [InlineData("aa/evidence?runtime_data=AAA%3D&encoding=base64")]
    [InlineData("aa/evidence?runtime_data=AAAA&encoding=hex")]
    [InlineData("aa/evidence?encoding=base64&runtime_data=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task OtherRuntimeDataIsRefused(string path)
    {
        await using GuestApi api = await StartAsync();
        using var client = new HttpClient { BaseAddress = api.Address };
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task TheInfoNamesTheTee()
    {
        await using GuestApi api = await StartAsync();
        Assert.Equal("snp", JsonNode.Parse(await GetAsync(api, "info"))!["tee"]!.GetValue<string>());
        Assert.Empty(await GetAsync(api, "aa/additional-evidence"));
    }

    [Fact]
    public async Task ItListensWhereItIsTold()
    {
        var guest = new SoftwareGuest(pki.Value.MakeChip(), LaunchInputs.Development, null);
        await using GuestApi api = await GuestApi.StartAsync(guest, IPAddress.Parse("127.0.0.9"), 0, Token);
        Assert.Equal("127.0.0.9", api.Address.Host);
        Assert.NotEmpty(await GetAsync(api, "info"));
    }

    private Task<GuestApi> StartAsync() =>
        GuestApi.StartAsync(new SoftwareGuest(pki.Value.MakeChip(), LaunchInputs.Development, null), IPAddress.Loopback, 0, Token);

    private static async Task<byte[]> GetAsync(GuestApi api, string path)
    {
        using var client = new HttpClient { BaseAddress = api.Address };
        return await client.GetByteArrayAsync(new Uri(path, UriKind.Relative), Token);
    }

    private static byte[] ReportData(byte[] answer)
    {
        Assert.True(SnpEvidence.TryParse(answer, out SnpEvidence? evidence, out Refusal? refusal), refusal?.ToString());
        return evidence.Report.ToArray()[0x050..0x090];
    }
}
