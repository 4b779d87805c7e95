using System.Net;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>A broker with a policy in force and a key in its store.</summary>
internal static class Ready
{
    public static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];

    public static async Task<RunningBroker> StartAsync(params (string Name, string Value)[] settings)
    {
        RunningBroker broker = await RunningBroker.StartAsync(settings);
        await broker.StoreAsync("clinic/triage-notes/v3", Key);
        await (await broker.PutAsync(broker.Policy())).AssertTextAsync(HttpStatusCode.NoContent);
        return broker;
    }

    public static async Task StoreAsync(this RunningBroker broker, string path, byte[] value)
    {
        using HttpClient owner = broker.Client(owner: true);
        await (await owner.PostAsync("/kbs/v0/resource/" + path, new ByteArrayContent(value), TestContext.Current.CancellationToken)).AssertTextAsync();
    }

    public static async Task<string> AuditAsync(this RunningBroker broker)
    {
        using HttpClient owner = broker.Client(owner: true);
        return await owner.GetStringAsync("/v1/tenants/clinic/audit", TestContext.Current.CancellationToken);
    }

    public static async Task<string> StatusAsync(this RunningBroker broker)
    {
        using HttpClient client = broker.Client();
        return await client.GetStringAsync("/v1/tenants/clinic/models/triage-notes/status", TestContext.Current.CancellationToken);
    }
}
