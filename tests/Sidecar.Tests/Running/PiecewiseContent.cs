using System.Net;
using System.Text;

namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>A body whose second piece waits for something.</summary>
internal sealed class PiecewiseContent(string first, Task between, string last) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(first), TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);
        await between;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(last), TestContext.Current.CancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
