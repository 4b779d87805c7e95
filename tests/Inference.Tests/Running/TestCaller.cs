using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>A caller with the key that only it knows.</summary>
internal sealed record TestCaller(string Key, Caller Entry)
{
    public static TestCaller Create(string name, string model = "model", int maxInFlight = 8, DateTimeOffset? notAfter = null)
    {
        string key = CallerKey.Generate();
        Assert.True(CallerKey.TryHash(key, out ByteString? sha256));
        return new TestCaller(key, new Caller(name, sha256, [model], maxInFlight, notAfter ?? TimeProvider.System.GetUtcNow().AddDays(1)));
    }
}
